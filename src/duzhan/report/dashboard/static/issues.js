// The table of issues: Tabulator shows, sorts and scrolls; search, filters and export are here.

const HEADINGS = {
  county: "县(市)",
  id: "编号",
  state: "状态",
  days_overdue: "超期天数",
  description: "问题描述",
  location: "地点",
  action: "专项行动",
  source: "问题来源",
  unit: "责任单位",
  found: "发现日期",
  due: "整改期限",
};
const SEARCHED = ["id", "description", "location", "unit"];

// The first character of each letter's range in the order of pinyin, which browsers know.
const FIRSTS = "阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥仨他屲夕丫帀";
const LETTERS = "abcdefghjklmnopqrstwxyz";
const byPinyin = new Intl.Collator("zh-CN-u-co-pinyin");
const initialOf = new Map();
const initialsOf = new Map();

function initial(character) {
  if (!/\p{Script=Han}/u.test(character)) return character.toLowerCase();
  let number = FIRSTS.length - 1;
  while (number > 0 && byPinyin.compare(character, FIRSTS[number]) < 0) number -= 1;
  return LETTERS[number];
}

// 农贸市场 -> nmsc
function initials(text) {
  if (!initialsOf.has(text)) {
    let letters = "";
    for (const character of text) {
      if (!initialOf.has(character)) initialOf.set(character, initial(character));
      letters += initialOf.get(character);
    }
    initialsOf.set(text, letters);
  }
  return initialsOf.get(text);
}

// As spreadsheets and phones write: full-width forms and spaces make no difference.
const folded = (text) => text.normalize("NFKC").replace(/\s+/gu, "").toLowerCase();

function matcher(search) {
  const wanted = folded(search);
  if (!wanted) return () => true;
  const latin = /^[a-z]+$/.test(wanted);
  return (issue) =>
    SEARCHED.some((key) => {
      const text = folded(issue[key]);
      return text.includes(wanted) || (latin && initials(text).includes(wanted));
    });
}

// A cell that no spreadsheet runs as a formula, as `intake/safety.py` writes it.
const defused = (text) => (/^'*[=+\-@\x00-\x1f]/.test(text) ? `'${text}` : text);
const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csvLine = (cells) => `${cells.map((cell) => quoted(cell)).join(",")}\n`;

function csvOf(issues) {
  const keys = Object.keys(HEADINGS);
  const lines = issues.map((issue) => csvLine(keys.map((key) => csvCell(issue, key))));
  const mark = page.sample ? [page.sample] : [];
  return `\ufeff${csvLine([...Object.values(HEADINGS), ...mark])}${lines.join("")}`;
}

function csvCell(issue, key) {
  if (key === "state") return STATES[issue.state];
  const value = issue[key];
  if (typeof value === "number") return String(value);
  return defused(value ?? "");
}

function save(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = el("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

function stateMark(issue) {
  const text = issue.state === "x" ? `超期 ${issue.days_overdue} 天` : STATES[issue.state];
  const faulty = issue.invalid ? el("span", { class: "tag" }, "数据有误") : null;
  return el("span", {}, el("span", { class: `state ${issue.state}` }, text), faulty);
}

// Worst first: the longest overdue, then open by deadline, claimed, closed.
const RANK = { x: 0, o: 1, f: 2, c: 3 };
function worstFirst(a, b) {
  return (
    RANK[a.state] - RANK[b.state] ||
    (b.days_overdue ?? -9999) - (a.days_overdue ?? -9999) ||
    a.row - b.row
  );
}

// A heading is a button, so that sorting works from the keyboard.
function heading(title) {
  return () => el("button", { type: "button", class: "sort", title: `按${title}排序` }, title);
}

function column(key, width, more) {
  return {
    field: key,
    title: HEADINGS[key],
    titleFormatter: heading(HEADINGS[key]),
    ...(width > 0 ? { width } : { minWidth: -width, widthGrow: 2 }),
    formatter: (cell) => document.createTextNode(cell.getValue() ?? ""),
    variableHeight: width < 0,
    sorter: "string",
    sorterParams: { locale: "zh-CN-u-co-pinyin", alignEmptyValues: "bottom" },
    ...more,
  };
}

function columns(withCounty, narrow) {
  const state = column("state", narrow ? 104 : 112, {
    formatter: (cell) => stateMark(cell.getData()),
    sorter: (a, b, rowA, rowB) => worstFirst(rowA.getData(), rowB.getData()),
  });
  if (narrow)
    return [
      state,
      column("description", -180, {
        title: "问题",
        formatter: (cell) => inShort(cell.getData(), withCounty),
      }),
    ];
  return [
    ...(withCounty ? [column("county", 92)] : []),
    column("id", 112, { formatter: (cell) => given(cell.getValue(), NO_ID) }),
    state,
    column("description", -190, { formatter: (cell) => given(cell.getValue(), NO_DESCRIPTION) }),
    column("location", -120, { widthGrow: 1 }),
    column("action", 112),
    column("source", 128),
    column("unit", -130, { widthGrow: 1 }),
    column("found", 108),
    column("due", 108),
  ];
}

const NO_ID = "（无编号）";
const NO_DESCRIPTION = "（没有写问题描述）";

function given(text, otherwise) {
  return text ? document.createTextNode(text) : el("span", { class: "missing" }, otherwise);
}

// On a phone an issue is one cell of a few lines.
function inShort(issue, withCounty) {
  const due = issue.due ? `期限 ${issue.due}` : "没有整改期限";
  const small = [withCounty ? issue.county : "", issue.id, issue.location, issue.unit, due];
  return el(
    "div",
    {},
    el("div", {}, given(issue.description, NO_DESCRIPTION)),
    el("div", { class: "small" }, small.filter(Boolean).join(" · ")),
  );
}

// The issues of a county (code) or of all (null) on a day, with what searches and filters them.
function issueTable(day, code) {
  const every = issuesOn(day, code).sort(worstFirst);
  const actions = [...new Set(every.map(({ action }) => action))]
    .filter(Boolean)
    .sort(byPinyin.compare);
  const count = el("p", { class: "count", role: "status" });
  const holder = el("div", { class: "issues" });
  const search = el("input", { type: "search", id: "search", autocomplete: "off" });
  const state = el(
    "select",
    { id: "state" },
    option("", "全部"),
    option("open", "未整改（含超期）"),
  );
  for (const letter of ["x", "f", "c"]) state.append(option(letter, STATES[letter]));
  const action = el("select", { id: "action" }, option("", "全部"));
  for (const name of actions) action.append(option(name, name));
  const county = el("select", { id: "county" }, option("", "全部"));
  for (const { name } of page.counties) county.append(option(name, name));
  const button = el("button", { type: "button", id: "export" }, "导出所列（CSV）");
  const box = el(
    "section",
    { "aria-labelledby": "issues-title" },
    el("h3", { id: "issues-title", class: code === null ? "unseen" : null }, "问题清单"),
    el(
      "div",
      { class: "filters" },
      el("label", { for: "search" }, "搜索", search),
      el("label", { for: "state" }, "状态", state),
      el("label", { for: "action" }, "专项行动", action),
      code === null ? el("label", { for: "county" }, "县（市）", county) : null,
      button,
    ),
    el(
      "p",
      { class: "small hint" },
      "可搜编号、描述、地点、责任单位，也可只打拼音首字母；点列名排序。",
    ),
    count,
    holder,
  );
  if (!every.length) {
    holder.append(el("p", {}, "截至当日没有问题。"));
    button.disabled = true;
    return { box, show() {}, forget() {} };
  }

  let grid = null;
  let shown = every;
  function filter() {
    const matches = matcher(search.value);
    shown = every.filter(
      (issue) =>
        (!state.value ||
          issue.state === state.value ||
          (state.value === "open" && "ox".includes(issue.state))) &&
        (!action.value || issue.action === action.value) &&
        (!county.value || issue.county === county.value) &&
        matches(issue),
    );
    count.textContent = `列出 ${shown.length} 件，共 ${every.length} 件`;
    if (grid) grid.replaceData(shown);
  }
  const whole = code === null ? "各县（市）" : countyNames.get(code);
  button.addEventListener("click", () => {
    const name = `${whole}问题清单 ${page.days[day].day}.csv`;
    save(name, csvOf(grid.getData("active")));
  });
  for (const control of [state, action, county]) control.addEventListener("change", filter);
  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });

  // Tabulator measures its place, so it is made once the place is on the page.
  function show() {
    filter();
    grid = new Tabulator(holder, {
      data: shown,
      columns: columns(code === null, holder.clientWidth < 700),
      layout: "fitColumns",
      height: Math.min(640, 90 + shown.length * 48),
      placeholder: "没有符合条件的问题",
      columnDefaults: { headerHozAlign: "left", vertAlign: "top" },
      index: "row",
    });
    grid.on("tableBuilt", () => {
      // What Tabulator leaves unsaid: the part that scrolls is the rows of the grid.
      holder.querySelector(".tabulator-tableholder").setAttribute("role", "rowgroup");
      holder.querySelector(".tabulator-table").setAttribute("role", "presentation");
      holder.removeAttribute("aria-owns");
      holder.setAttribute("aria-label", "问题清单");
    });
  }
  return {
    box,
    show,
    forget: () => grid && grid.destroy(),
    printed: () =>
      table(
        "问题清单",
        ["编号", "状态", "问题描述", "地点", "责任单位", "整改期限"],
        (grid ? grid.getData("active") : shown).map((issue) => [
          given(issue.id, NO_ID),
          stateMark(issue),
          given(issue.description, NO_DESCRIPTION),
          issue.location,
          issue.unit,
          issue.due ?? "—",
        ]),
      ),
  };
}
