// One county: why its light is as it is, what it still needs, and everything that shows it.

function requirementRows(milestone, number, words) {
  return milestone.requirements.map((rule, index) => {
    const judged = words.milestones[number][index];
    const name = [rule.name, rule.assessors.length ? `（由${rule.assessors.join("或")}评估）` : ""];
    return [
      el(
        "span",
        {},
        name.join(""),
        rule.interpreted ? el("span", { class: "tag" }, "解释值") : null,
      ),
      judged.required,
      judged.actual,
      verdictMark(judged),
      source(rule),
    ];
  });
}

// The sentence of the notice that a rule rests on, and how it is read where it gives no number.
function source(rule) {
  return el(
    "div",
    { class: "small" },
    rule.clause ? `〔${rule.clause}〕${rule.sentence}` : rule.sentence,
    rule.interpreted && rule.note ? el("div", {}, `解释：${rule.note}`) : null,
  );
}

// On a phone the present milestone stands first, and the others are folded.
function requirements(status, words, day) {
  const ahead = page.deadlines.findIndex((deadline) => deadline >= page.days[day].number);
  const current = ahead < 0 ? page.deadlines.length - 1 : ahead;
  const parts = page.rules.milestones.map((milestone, number) =>
    el(
      "section",
      {
        class: `milestone${number === current ? " current" : ""}`,
        "data-milestone": milestone.id,
      },
      el(
        "details",
        { open: number === current || !phone.matches },
        el(
          "summary",
          {},
          el("h4", {}, `${milestone.name}（截止 ${status.milestones[number].deadline}）`),
        ),
        table(
          `${milestone.name}的要求`,
          ["要求", "标准", "实际", "判定", "依据"],
          requirementRows(milestone, number, words),
        ),
      ),
    ),
  );
  return section("节点要求", el("div", { class: "milestones" }, ...parts));
}

const WEEK_WORDS = {
  supervised: {
    ...{ done: `已${wording.supervise}`, missed: `✕ 未${wording.supervise}` },
    ...{ due: `… 待${wording.supervise}` },
  },
  reported: {
    ...{ done: "✓ 按时报送", late: "△ 迟报", partial: "△ 不完整", missed: "✕ 未报送" },
    ...{ due: "… 待报送", free: "清单已销号，不需报送" },
  },
};

function week(one) {
  const times = one.supervision.actual;
  const supervised = times
    ? `✓ ${wording.supervise}${times}次`
    : WEEK_WORDS.supervised[one.supervised];
  return el(
    "li",
    { class: "week", title: one.words, "data-week": one.week },
    el("div", { class: "when" }, one.days),
    has.supervision ? el("div", { class: `duty ${one.supervised}` }, supervised) : null,
    has.reports
      ? el("div", { class: `duty ${one.reported}` }, WEEK_WORDS.reported[one.reported])
      : null,
  );
}

function duties(words) {
  if (!has.duties) return null;
  const streak =
    words.weeks_unsupervised > 1
      ? el(
          "p",
          { class: "verdict bad" },
          `已连续${words.weeks_unsupervised}周未${wording.supervise}`,
        )
      : null;
  return section(
    has.duties,
    el("p", {}, `本周：${words.week}`),
    words.last_week ? el("p", {}, `上一整周：${words.last_week}`) : null,
    streak,
    has.on_site ? el("p", {}, `最近一次实地${wording.supervise}：${words.last_on_site}`) : null,
    el("ol", { class: "weeks", "aria-label": "各周职责" }, ...words.weeks.map(week)),
    el(
      "p",
      { class: "small" },
      page.rules.duties
        .map(({ clause, name }) => (clause ? `〔${clause}〕${name}` : name))
        .join("　"),
    ),
  );
}

// The pace of the last two weeks against the pace needed, as the weekly report has it.
function ahead(view, words) {
  if (view.days_left === null) return section("达到当前节点还需", el("p", {}, view.headline));
  const wanting = words.needed.length
    ? el("ul", {}, ...words.needed.map((item) => el("li", {}, item)))
    : el("p", {}, "已全部达到，保持即可。");
  const pace = words.forecast.map(([title, text]) =>
    el("div", { class: "figure" }, el("dt", {}, title), el("dd", {}, text)),
  );
  return section(
    "达到当前节点还需",
    el("p", { class: "small" }, view.headline),
    wanting,
    el("dl", { class: "figures" }, ...pace),
    el("p", { class: "small" }, view.forecast),
  );
}

function details(summary, open, ...content) {
  return el("details", { open }, el("summary", {}, summary), ...content);
}

function progress(county, status, day) {
  const { series } = county;
  if (!series || !status.issues) return null;
  const { total, closed, claimed } = status.issues;
  const said = `截至${viewOf(day).date}：发现${total}件，已销号${closed}件，待核验${claimed}件`;
  const rows = page.days
    .map((offered, number) => [
      offered.label,
      viewOf(number).status.counties[page.counties.indexOf(county)].issues,
    ])
    .slice(0, day + 1)
    .filter(([, issues]) => issues)
    .map(([label, issues]) => [
      label,
      ...["total", "closed", "claimed", "open", "overdue"].map((key) => String(issues[key])),
    ]);
  return section(
    "整改进度",
    el("p", {}, `${said}。`),
    burnUpChart(series, day, `${county.name}整改进度图，${said}`),
    details(
      "逐期数字",
      false,
      table("逐期数字", ["日期", "发现", "已销号", "待核验", "未整改", "超期"], rows),
    ),
  );
}

function assessments(county, day) {
  if (!has.scores) return null;
  const known = county.scores.filter(({ number }) => number <= page.days[day].number);
  const counted = known.filter(({ own }) => !own);
  if (!known.length) return section(wording.score_short, el("p", {}, "还没有评估。"));
  const said = counted.map(({ day: on, assessor, text }) => `${on} ${assessor} ${text}`).join("，");
  const rows = known.map((score) => [
    score.day,
    score.own ? `${score.assessor}（不作数）` : score.assessor,
    score.text,
    score.milestone || "—",
  ]);
  return section(
    wording.score_short,
    counted.some(({ value }) => value !== null)
      ? scoreChart(counted, day, `${county.name}${wording.score_short}图：${said}`)
      : null,
    details(
      `逐次${wording.score_short}`,
      true,
      table(`逐次${wording.score_short}`, ["日期", "评估方", "总分", "考核节点"], rows),
    ),
  );
}

// Points by item, where the latest assessment is known item by item.
function lostPoints(words) {
  if (!words.points) return null;
  const { told, columns, rows } = words.points;
  return section(
    "失分在哪里",
    ...told.map((sentence) => el("p", {}, sentence)),
    rows.length ? table("失分的分项", columns, rows) : null,
  );
}

function countyView(county, day) {
  const number = page.counties.indexOf(county);
  const view = viewOf(day);
  const status = view.status.counties[number];
  const words = view.words[number];
  const issues = new IssueTable(day, county.code);
  const reasons = status.reasons.length ? status.reasons.map(tight) : ["没有超期，数据齐全"];
  const parts = [
    el(
      "h2",
      { tabindex: "-1", "data-county": status.code },
      `${county.name}达标情况（截至${view.date}）`,
      lightBadge(status, words),
    ),
    el(
      "p",
      { class: "small" },
      [county.group, county.leaders.length ? `组长：${county.leaders.join("；")}` : ""]
        .filter(Boolean)
        .join("，"),
    ),
    el("ul", { class: "reasons" }, ...reasons.map((reason) => el("li", {}, reason))),
    rateBar(status, words),
    figures(status, words, view),
    quality(status),
    registers(words),
    ahead(view, words),
    requirements(status, words, day),
    lostPoints(words),
    el("div", { class: "pair" }, progress(county, status, day), assessments(county, day)),
    duties(words),
    issues.box,
  ];
  return { parts: parts.filter(Boolean), issues };
}

function quality({ issues }) {
  if (!issues) return null;
  const told = `未整改${issues.open}件，没有整改期限${issues.no_due_date}件，数据有误${issues.invalid}件。`;
  return el("p", { class: "small", "data-figure": "quality" }, told);
}

function registers({ registers }) {
  return registers ? el("p", { class: "small", "data-figure": "registers" }, registers) : null;
}

function allIssuesView(day) {
  const issues = new IssueTable(day, null);
  const title = `各${wording.unit}问题清单（截至${viewOf(day).date}）`;
  return { parts: [el("h2", { tabindex: "-1" }, title), issues.box], issues };
}
