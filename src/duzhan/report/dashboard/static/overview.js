// All counties at a glance, worst first.

function lightBadge(status, words) {
  return el("span", { class: `light ${status.light}` }, words.light);
}

function verdictMark({ verdict, tone }) {
  return el("span", { class: `verdict ${tone}` }, verdict);
}

function figure(key, title, value, ...notes) {
  return el(
    "div",
    { class: "figure" },
    el("dt", {}, title),
    el("dd", {}, el("b", { "data-figure": key }, value), ...notes),
  );
}

function supervisionText({ expected, actual }) {
  if (!expected && !actual) return `不在${wording.supervise}期`;
  return actual ? `${actual}次` : `尚未${wording.supervise}`;
}

function reportText({ expected, submitted_on: sent, on_time: onTime, complete }) {
  if (!sent) return expected ? "尚未报送" : "不需报送";
  return `${onTime ? "按时" : "迟报"}${complete ? "" : "，不完整"}`;
}

// Verified and claimed shares against the milestone's line; the figures stand beside it.
function rateBar(status, words) {
  const { rectification_rate: rate, issues } = status;
  if (!rate) return el("div", {});
  const share = (number) => `${(100 * number) / rate.denominator}%`;
  const bar = el("div", { class: "bar", "aria-hidden": "true" });
  const part = (name, width) => {
    const piece = el("span", { class: name });
    piece.style.width = width;
    return piece;
  };
  bar.append(part("closed", share(issues.closed)), part("claimed", share(issues.claimed)));
  if (words.rate_line) {
    const line = el("span", { class: "line" });
    line.style.left = `${100 * words.rate_line.at}%`;
    bar.append(line);
  }
  return bar;
}

function lineNote(line) {
  const why = line && line.unassessed ? "（尚无有效评估）" : null;
  return line && el("span", { class: "note" }, `标准${line.text}，`, verdictMark(line), why);
}

const pieces0 = (issues, key) => (issues ? `${issues[key]}件` : "—");

function figures(status, words, view) {
  const { issues, weekly } = status;
  const counted =
    issues && issues.total ? `销号${issues.closed}件，共${issues.total}件` : words.missing_list;
  const left = view.days_left === null ? "各节点均已到期" : `${view.days_left}天`;
  return el(
    "dl",
    { class: "figures" },
    figure(
      "rate",
      wording.rate,
      words.rate,
      el("span", { class: "note" }, counted),
      lineNote(words.rate_line),
    ),
    has.scores
      ? figure(
          "score",
          `最近${wording.score_short}`,
          words.score,
          el("span", { class: "note" }, words.score_by),
          lineNote(words.score_line),
        )
      : null,
    figure("claimed_rate", "连同待核验", words.claimed_rate),
    figure("overdue", "超期", pieces0(issues, "overdue")),
    figure("claimed", "待核验", pieces0(issues, "claimed")),
    figure("days_left", "距当前节点", left),
    has.supervision
      ? figure("supervision", `本周${wording.supervise}`, supervisionText(weekly.supervision))
      : null,
    has.reports ? figure("report", "本周周报", reportText(weekly.report)) : null,
  );
}

function card(number, day) {
  const view = viewOf(day);
  const status = view.status.counties[number];
  const words = view.words[number];
  const name = page.counties[number].name;
  return el(
    "li",
    { class: `card ${status.light}`, "data-county": status.code },
    el("h3", {}, el("a", { href: addressOf(name, day) }, name), lightBadge(status, words)),
    el("p", { class: "reasons" }, words.brief || "没有超期，数据齐全"),
    rateBar(status, words),
    figures(status, words, view),
    // Of a nation the page has one day.
    page.kept
      ? null
      : el(
          "div",
          { class: "trend" },
          `近几期${wording.rate}${words.rate_line ? "（虚线为节点要求）" : ""}`,
          sparkline(number, day),
        ),
  );
}

// More cards than these nobody looks through: of the other counties there is a line each.
const MOST_CARDS = 60;

function others(view, day) {
  const rest = view.order.slice(MOST_CARDS);
  if (!rest.length) return null;
  const line = (number) => {
    const status = view.status.counties[number];
    const words = view.words[number];
    const name = page.counties[number].name;
    return [
      el("a", { href: addressOf(name, day) }, name),
      lightBadge(status, words),
      words.rate,
      pieces0(status.issues, "overdue"),
      pieces0(status.issues, "claimed"),
    ];
  };
  const title = `其余${rest.length}个${wording.unit}`;
  const headings = [wording.unit, "灯", wording.rate, "超期", "待核验"];
  return el(
    "section",
    { "data-figure": "others" },
    el("h3", {}, title),
    table(title, headings, rest.map(line)),
  );
}

// All counties together; a page of one county has no such line.
function totals(view) {
  if (!view.totals.length) return null;
  const one = ([key, title, value, note]) =>
    figure(key, title, value, note ? el("span", { class: "note" }, note) : null);
  return el("dl", { class: "figures totals" }, ...view.totals.map(one));
}

function overview(day) {
  const view = viewOf(day);
  return [
    el("h2", { tabindex: "-1" }, `各${wording.unit}达标情况（截至${view.date}）`),
    el("p", { class: "headline" }, view.headline),
    el("p", { class: "headline" }, `${view.lights}。最差的在前。`),
    totals(view),
    el(
      "ol",
      { class: "cards" },
      ...view.order.slice(0, MOST_CARDS).map((number) => card(number, day)),
    ),
    others(view, day),
  ].filter(Boolean);
}
