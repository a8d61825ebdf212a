/* Shows ads on any page and tells when they were seen: half in sight for one second (MRC). No cookies, nothing stored.
 * <script src="https://ads.shop.example/adloom.js" data-consent="all" defer></script>
 * <div data-adloom="front" data-format="300x250" data-user="alice"></div> <div data-adloom-view="tee-breton" ..> */
(() => {
  "use strict";
  const me = document.currentScript, said = me.dataset.consent;
  const server = me.src.replace(/\/adloom\.js.*$/, "");
  const MOST = 16, HALF = 0.5, SECOND_MS = 1000;
  const page = location.pathname.slice(0, 512), visit = Math.random().toString(36).slice(2);
  const lang = document.documentElement.lang, locale = /^[a-z]{2,3}(-[a-z\d]{2,8})*$/i.test(lang) ? lang : "";
  let consent = said ? { profile: /all|profile/.test(said), personalise: /all|personalise/.test(said) } : undefined;

  const all = name => Array.from(document.querySelectorAll(`[${name}]`));
  const user = place => place.dataset.user || "";

  function tell(path, what) {
    const body = JSON.stringify(what);
    if (!navigator.sendBeacon || !navigator.sendBeacon(server + path, body)) {
      fetch(server + path, { method: "POST", body, keepalive: true }).catch(() => {});
    }
  }

  function watch(ad, token) {
    let since = 0, timer = 0, told = false;
    function seen() {
      told = true;
      watcher.disconnect();
      tell(`/r/${token}`, { viewable_ms: Math.round(performance.now() - since) });
    }
    const watcher = new IntersectionObserver(entries => {
      const inSight = entries.pop().intersectionRatio >= HALF && document.visibilityState === "visible";
      clearTimeout(timer);
      since = performance.now();
      if (inSight && !told) { timer = setTimeout(seen, SECOND_MS); }
    }, { threshold: [0, HALF] });
    function look() {
      watcher.unobserve(ad);
      clearTimeout(timer);
      if (!told) { watcher.observe(ad); }
    }
    document.addEventListener("visibilitychange", look);
    look();
  }

  function show(places, selections) {
    Object.values(places).forEach(place => place.replaceChildren());
    selections.forEach(selection => {
      const holder = document.createElement("template");
      holder.innerHTML = selection.markup;
      watch(places[selection.placement_id].appendChild(holder.content.firstChild), selection.impression_token);
    });
  }

  function ask(some, who) {
    const places = {};
    const placements = some.map((place, number) => {
      const name = place.dataset.adloom, id = name in places ? `${name}-${number}` : name;
      places[id] = place;
      return { placement_id: id, format: place.dataset.format, count: +place.dataset.count || 1, markup: true };
    });
    const context = { page, locale, utc_offset_minutes: -new Date().getTimezoneOffset() };
    fetch(server + "/v1/select", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ user_id: who, consent, context, placements })
    }).then(answer => answer.json()).then(found => {
      if (found.error) { throw found.error.message; }
      show(places, found.selections);
    }).catch(why => console.warn("adloom: " + why));
  }

  function begin() {
    const shoppers = {};
    all("data-adloom").forEach(place => (shoppers[user(place)] = shoppers[user(place)] || []).push(place));
    for (const who in shoppers) {
      for (let from = 0; from < shoppers[who].length; from += MOST) { ask(shoppers[who].slice(from, from + MOST), who); }
    }
    const events = all("data-adloom-view").filter(user).map((shown, number) => {
      return { event_id: visit + number, view: { user_id: user(shown), product_id: shown.dataset.adloomView, page, consent } };
    });
    if (events.length) { tell("/v1/events", { events }); }
  }

  window.adloom = { consent(given) { consent = given; begin(); } };
  if (said === "wait") { return; }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", begin); } else { begin(); }
})();
