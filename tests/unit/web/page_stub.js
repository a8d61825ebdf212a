// A page without a browser: just enough of a document for adloom.js, with a clock that is moved by hand.
// Reads {script, places, views, looks} from standard input, prints what the script asked and told.
"use strict";
const vm = require("vm");
const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
const asked = [], told = [];
let now = 0, timers = [], numbers = 0;

function element(attributes) {
  const named = Object.entries(attributes).map(([name, text]) => [name.slice(5).replace(/-(.)/g, (_, letter) => letter.toUpperCase()), text]);
  return {
    children: [],
    dataset: Object.fromEntries(named),
    clientWidth: given.width || 1280,
    getAttribute: (name) => attributes[name],
    getClientRects: () => ("hidden" in attributes ? [] : [{}]),
    show() { delete attributes.hidden; },
    replaceChildren() { this.children = []; },
    appendChild(child) { this.children.push(child); child.place = this; return child; },
  };
}

function slot() {
  return {
    replaceWith(ad) { this.place.children[this.place.children.indexOf(this)] = ad; },
    remove() { this.place.children.splice(this.place.children.indexOf(this), 1); },
  };
}

function template() {
  const content = { querySelectorAll: () => [] };
  return { content, set innerHTML(html) { content.firstChild = { html, querySelector: () => ({ src: given.refused || "/a/1.png" }) }; } };
}

class Image { // loads at once
  set src(address) { if (address === given.refused) { this.onerror(); } else { this.onload(); } }
}

const places = given.places.map(element), views = given.views.map(element), watchers = [];
const document = {
  currentScript: { src: "https://ads.example/adloom.js?v=1", dataset: { consent: given.consent } },
  documentElement: { lang: given.lang || "" },
  readyState: "complete",
  visibilityState: "visible",
  querySelectorAll: (selector) => (selector === "[data-adloom]" ? places : views),
  addEventListener() {},
  removeEventListener() {},
  createElement: (name) => (name === "template" ? template() : slot()),
};

function fetch(url, options) {
  const body = JSON.parse(options.body);
  asked.push({ url, body });
  const selections = body.placements.map((p) => ({
    placement_id: p.placement_id, creative_id: "c-1", impression_token: "T-" + p.placement_id, markup: "<i>" + p.placement_id + "</i>",
  }));
  return Promise.resolve({ json: () => Promise.resolve({ selections }) });
}

class MutationObserver {
  constructor(changed) { MutationObserver.changed = changed; }
  observe() {}
}

class ResizeObserver {
  constructor(changed) { ResizeObserver.changed = changed; }
  observe(place) { ResizeObserver.hidden = place; }
}

class IntersectionObserver {
  constructor(see) { this.see = see; watchers.push(this); }
  observe() { this.gone = false; }
  unobserve() {}
  disconnect() { this.gone = true; }
}

const page = {
  document, fetch, Image, IntersectionObserver, MutationObserver, ResizeObserver, URL, console,
  location: { pathname: "/p/tee" },
  navigator: { sendBeacon: (url, body) => told.push({ url, body: JSON.parse(body) }) },
  performance: { now: () => now },
  setTimeout: (run, after) => { timers.push({ run, at: now + after, number: ++numbers }); return numbers; },
  clearTimeout: (number) => { timers = timers.filter((timer) => timer.number !== number); },
};
page.window = page;
vm.runInNewContext(given.script, page);
if (given.later) {
  page.location.pathname = "/p/hat";
  (given.later.places || []).forEach((one) => places.push(element(one)));
  (given.later.views || []).forEach((one) => views.push(element(one)));
  MutationObserver.changed();
}
if (given.unhidden) {
  ResizeObserver.hidden.show();
  ResizeObserver.changed();
}
(given.calls || []).forEach((consent) => page.adloom.consent(consent));

setImmediate(() => {
  for (const [moment, ratio] of given.looks) {
    while (now < moment) {
      now += 100;
      const due = timers.filter((timer) => timer.at <= now);
      timers = timers.filter((timer) => timer.at > now);
      due.forEach((timer) => timer.run());
    }
    if (ratio !== null) { watchers.filter((watcher) => !watcher.gone).forEach((watcher) => watcher.see([{ intersectionRatio: ratio }])); }
  }
  process.stdout.write(JSON.stringify({ asked, told, shown: places.map((place) => place.children) }));
});
