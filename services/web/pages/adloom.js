/* Shows ads on any page and tells when they were seen. No cookies; nothing is stored.
 *   <script src="https://ads.shop.example/adloom.js" defer></script>
 *   <div data-adloom="front" data-format="300x250" data-user="alice"></div>
 *   <div data-adloom-view="tee-breton" data-user="alice"></div>    this page shows a product
 * Seen is what the Media Rating Council calls viewable: half of it in sight for one second without a break. */
(function () {
  "use strict";
  var server = document.currentScript.src.replace(/\/adloom\.js.*$/, "");
  var MOST = 16, HALF = 0.5, SECOND_MS = 1000;
  var page = location.pathname.slice(0, 512);

  function all(name) { return Array.from(document.querySelectorAll("[" + name + "]")); }
  function user(place) { return place.getAttribute("data-user") || ""; }

  function tell(path, what) {
    var body = JSON.stringify(what);
    if (!navigator.sendBeacon || !navigator.sendBeacon(server + path, body)) {
      fetch(server + path, { method: "POST", body: body, keepalive: true }).catch(function () {});
    }
  }

  function watch(ad, token) {
    var since = 0, timer = 0, told = false;
    function seen() {
      told = true;
      watcher.disconnect();
      tell("/r/" + token, { viewable_ms: Math.round(performance.now() - since) });
    }
    var watcher = new IntersectionObserver(function (entries) {
      var inSight = entries.pop().intersectionRatio >= HALF && document.visibilityState === "visible";
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
    selections.forEach(function (selection) {
      var holder = document.createElement("template");
      holder.innerHTML = selection.markup;
      var ad = places[selection.placement_id].appendChild(holder.content.firstChild);
      watch(ad, selection.impression_token);
    });
  }

  /* The places of one shopper, in one request. */
  function ask(some, who) {
    var places = {};
    var asked = some.map(function (place, number) {
      var name = place.getAttribute("data-adloom");
      var id = name in places ? name + "-" + number : name;
      places[id] = place;
      return { placement_id: id, format: place.getAttribute("data-format"), count: +place.getAttribute("data-count") || 1, markup: true };
    });
    var context = { page: page, utc_offset_minutes: -new Date().getTimezoneOffset() };
    fetch(server + "/v1/select", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ user_id: who, context: context, placements: asked })
    }).then(function (answer) {
      return answer.json();
    }).then(function (found) {
      if (found.error) { throw found.error.message; }
      show(places, found.selections);
    }).catch(function (why) { console.warn("adloom: " + why); });
  }

  function begin() {
    var shoppers = {};
    all("data-adloom").forEach(function (place) { (shoppers[user(place)] = shoppers[user(place)] || []).push(place); });
    Object.keys(shoppers).forEach(function (who) {
      for (var from = 0; from < shoppers[who].length; from += MOST) { ask(shoppers[who].slice(from, from + MOST), who); }
    });
    var views = all("data-adloom-view").filter(user).map(function (shown) {
      return { view: { user_id: user(shown), product_id: shown.getAttribute("data-adloom-view"), page: page } };
    });
    if (views.length) { tell("/v1/events", { events: views }); }
  }

  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", begin); } else { begin(); }
})();
