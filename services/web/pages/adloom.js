/* Shows ads on any page and tells when they were seen: half in sight for one second (MRC). No cookies, nothing stored.
 * <script src="https://ads.shop.example/adloom.js" data-consent="all" defer></script>
 * <div data-adloom="top" data-format="728x90 320x50" data-user="alice"></div> <div data-adloom-view="tee-breton" ..> */
(() => {
  "use strict";
  const { src, dataset } = document.currentScript, said = dataset.consent;
  const server = src.replace(/\/adloom\.js.*/, "");
  // the most places of one request
  const MOST = 16;
  const visit = Math.random().toString(36).slice(2), views = [];
  let filled = said !== "wait" && new WeakMap(), viewed = new WeakMap();
  let consent = said ? { profile: /all|profile/.test(said), personalise: /all|personalise/.test(said) } : undefined;

  const user = place => place.dataset.user || "", page = () => location.pathname.slice(0, 512);
  const fresh = (name, known) => [...document.querySelectorAll(`[${name}]`)].filter(one => {
    const is = one.getAttribute(name) + " " + user(one);
    // a place that the page hides, as on phones, is asked for when it is shown
    const here = () => known === viewed || one.getClientRects()[0] || appearing.observe(one);
    return known.get(one) !== is && here() && known.set(one, is);
  });
  const appearing = new ResizeObserver(() => begin());
  const tell = (path, what) => navigator.sendBeacon(server + path, JSON.stringify(what));

  function watch(ad, token) {
    // MRC: half of it, for 1000 ms without a break
    let since, timer;
    const watcher = new IntersectionObserver(entries => {
      clearTimeout(timer);
      since = performance.now();
      if (entries.pop().intersectionRatio >= 0.5 && !document.hidden) { timer = setTimeout(seen, 1000); }
    }, { threshold: [0, 0.5] });
    function seen() {
      watcher.disconnect();
      document.removeEventListener("visibilitychange", look);
      tell(`/r/${token}`, { viewable_ms: Math.round(performance.now() - since) });
    }
    function look() {
      watcher.disconnect();
      clearTimeout(timer);
      watcher.observe(ad);
    }
    document.addEventListener("visibilitychange", look);
    look();
  }

  function show(place, chosen) {
    const holder = document.createElement("template"), picture = new Image();
    const slot = place.appendChild(document.createElement("i"));
    // a strict CSP forbids attributes of style, but not what a script sets
    holder.innerHTML = chosen.markup.replace(/ style="/g, ' data-css="');
    const ad = holder.content.firstChild;
    holder.content.querySelectorAll("[data-css]").forEach(part => { part.style.cssText = part.dataset.css; });
    picture.onload = () => { slot.replaceWith(ad); watch(ad, chosen.impression_token); };
    // a picture that is refused was not shown: neither pixel nor second is told
    picture.onerror = () => slot.remove();
    picture.src = ad.querySelector("img").src;
  }

  function ask(some, who) {
    const places = {}, round = filled;
    const placements = some.map((place, at) => {
      const name = place.dataset.adloom, id = name in places ? `${name}-${at}` : name;
      const formats = (place.dataset.format || "").split(" ");
      const format = formats.find(one => parseInt(one) <= place.clientWidth) || formats.pop();
      places[id] = place;
      return { placement_id: id, format, count: +place.dataset.count || 1, markup: true };
    });
    const [locale] = /^[a-z]{2,3}(-[a-z\d]{2,8})*$/i.exec(document.documentElement.lang) || [""];
    const context = { page: page(), locale, utc_offset_minutes: -new Date().getTimezoneOffset() };
    const body = JSON.stringify({ user_id: who, consent, context, placements });
    fetch(server + "/v1/select", { method: "POST", body }).then(answer => answer.json()).then(found => {
      if (found.error) { throw found.error.message; }
      // not after consent has changed
      if (round === filled) {
        some.forEach(place => place.replaceChildren());
        found.selections.forEach(one => show(places[one.placement_id], one));
      }
    // what the server says is text; an answer that the page may not read is an Error
    }).catch(why => console.warn(`adloom: ${why}`, why.message ? `(${location.origin} in ADLOOM_WEB_ORIGINS?)` : ""));
  }

  function report(some) {
    some.forEach(one => { one.view.consent = consent; });
    if (some[0]) { tell("/v1/events", { events: some }); }
  }

  function begin() {
    if (!filled) { return; }
    const byUser = {};
    fresh("data-adloom", filled).forEach(place => (byUser[user(place)] ||= []).push(place));
    for (const who in byUser) { while (byUser[who][0]) { ask(byUser[who].splice(0, MOST), who); } }
    const told = views.length;
    fresh("data-adloom-view", viewed).filter(user).forEach(({ dataset }) => {
      const view = { user_id: dataset.user, product_id: dataset.adloomView, page: page() };
      views.push({ event_id: visit + views.length, view });
    });
    report(views.slice(told));
  }

  window.adloom = { consent(given) { consent = given; filled = new WeakMap(); report(views); begin(); } };
  begin();
  // what the page adds or changes later, also the rest of a page that is still being read
  const attributeFilter = ["data-adloom", "data-adloom-view", "data-user"];
  new MutationObserver(begin).observe(document, { childList: true, subtree: true, attributeFilter });
})();
