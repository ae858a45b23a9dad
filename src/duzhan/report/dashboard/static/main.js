// Shows the place and the day that the address names, and lets both be chosen.

const main = document.getElementById("main");
const nav = document.getElementById("nav");
const dayList = document.getElementById("day");
const slider = document.getElementById("slider");
const notice = document.getElementById("notice");
let shown = { place: null, day: null, hash: null };
let issues = null;
let followed = false;

function go(place, day, replace) {
  const address = addressOf(place, day);
  if (replace) history.replaceState(null, "", address || "#");
  else history.pushState(null, "", address || "#");
  show();
}

function links({ place, day }) {
  const view = viewOf(day);
  const link = (target, label, mark) =>
    el(
      "a",
      { href: addressOf(target, day), "aria-current": place === target ? "page" : null },
      label,
      mark,
    );
  // A nation's would fill screens: there the overview leads to the counties, the worst first.
  const few = page.counties.length <= MOST_CARDS;
  const counties = page.counties.map(({ name }, number) =>
    few || name === place
      ? link(name, name, lightBadge(view.status.counties[number], view.words[number]))
      : null,
  );
  return [link("", "总览"), ...counties, link(ALL_ISSUES, "问题清单")].filter(Boolean);
}

function content({ place, day }) {
  if (place === ALL_ISSUES) return allIssuesView(day);
  const county = page.counties.find(({ name }) => name === place);
  return county ? countyView(county, day) : { parts: overview(day), issues: null };
}

function show() {
  const route = routeOf(location.hash);
  if (issues) issues.forget();
  forgetCharts();
  const made = content(route);
  nav.replaceChildren(...links(route));
  main.replaceChildren(...made.parts);
  issues = made.issues;
  if (issues) issues.show();
  dayList.value = slider.value = String(route.day);
  slider.setAttribute("aria-valuetext", page.days[route.day].label);
  for (const [id, step] of Object.entries(STEPS))
    document.getElementById(id).disabled = !page.days[route.day + step];
  notice.textContent = route.notice;
  document.title = `${route.place || wording.dashboard}（截至${viewOf(route.day).date}）`;
  if (shown.place !== null && shown.place !== route.place) {
    // The back button returns to where one was.
    if (followed) scrollTo(0, 0);
    main.querySelector("h2").focus({ preventScroll: true });
  }
  followed = false;
  shown = { ...route, hash: location.hash };
}

const STEPS = { earlier: -1, later: 1 };

function begin() {
  page.days.forEach(({ label }, number) => dayList.append(option(String(number), label)));
  slider.max = String(lastDay);
  dayList.addEventListener("change", () => go(shown.place, Number(dayList.value)));
  slider.addEventListener("input", () => go(shown.place, Number(slider.value), true));
  for (const [id, step] of Object.entries(STEPS))
    document.getElementById(id).addEventListener("click", () => go(shown.place, shown.day + step));
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  addEventListener("click", ({ target }) => {
    followed = Boolean(target.closest("a"));
  });
  addEventListener("popstate", show);
  addEventListener("hashchange", () => location.hash !== shown.hash && show());
  show();
}

let printed = null;
let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll(".milestone details:not([open])")];
  for (const details of unfolded) details.open = true;
  printed = issues ? issues.printed() : null;
  if (printed) main.append(printed);
});
addEventListener("afterprint", () => {
  for (const details of unfolded) details.open = false;
  if (printed) printed.remove();
  printed = null;
});

begin();
