// The table of issues: Tabulator shows, sorts and scrolls them.

function stateMark(issue) {
  const text = issue.state === "x" ? `超期${issue.days_overdue}天` : STATES[issue.state];
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

// On the page as the campaign calls it; in a file as every list has it.
function titleOf(key) {
  return { action: wording.action, county: wording.unit }[key] ?? HEADINGS[key];
}

function column(key, width, more) {
  return {
    field: key,
    title: titleOf(key),
    titleFormatter: heading(titleOf(key)),
    ...(width > 0 ? { width } : { minWidth: -width, widthGrow: 2 }),
    formatter: (cell) => document.createTextNode(cell.getValue() ?? ""),
    variableHeight: width < 0,
    sorter: "string",
    sorterParams: { locale: "zh-CN-u-co-pinyin", alignEmptyValues: "bottom" },
    ...more,
  };
}

function columns(withCounty, narrow) {
  const state = column("state", 104, {
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
    ...(withCounty ? [column("county", 96)] : []),
    column("id", 106, { formatter: (cell) => given(cell.getValue(), NO_ID) }),
    state,
    column("description", -150, { formatter: (cell) => given(cell.getValue(), NO_DESCRIPTION) }),
    ...(tablet.matches ? [column("location", -100, { widthGrow: 1 })] : []),
    ...(desk.matches && has.actions ? [column("action", 106)] : []),
    ...(desk.matches && has.sources ? [column("source", 110)] : []),
    column("unit", -110, { widthGrow: 1 }),
    ...(desk.matches ? [column("found", 104)] : []),
    column("due", 104),
  ];
}

const NO_ID = "（无编号）";
const NO_DESCRIPTION = "（没有写问题描述）";

const phone = matchMedia("(max-width: 740px)");
// What all columns need, so that none is cut; narrower, the least needed stay away.
const tablet = matchMedia("(min-width: 842px)");
const desk = matchMedia("(min-width: 1240px)");
const WIDTHS = [phone, tablet, desk];

const named = (names) => names.map((name) => [name, name]);

function choice(id, values) {
  const options = values.map(([value, label]) => option(value, label));
  return el("select", { id }, option("", "全部"), ...options);
}

function given(text, otherwise) {
  return text ? document.createTextNode(text) : el("span", { class: "missing" }, otherwise);
}

// On a phone an issue is one cell of a few lines.
function inShort(issue, withCounty) {
  const due = issue.due ? `期限${issue.due.replaceAll("-", "\u2011")}` : "没有整改期限";
  const small = [withCounty ? issue.county : "", issue.id, issue.location, issue.unit, due];
  return el(
    "div",
    {},
    el("div", {}, given(issue.description, NO_DESCRIPTION)),
    el("div", { class: "small" }, small.filter(Boolean).join(" · ")),
  );
}

// The issues of a county (code) or of all (null) on a day, with what searches and filters them.
class IssueTable {
  constructor(day, code) {
    this.day = day;
    this.code = code;
    this.every = issuesOn(day, code).sort(worstFirst);
    this.shown = this.every;
    this.grid = null;
    this.built = false;
    this.turned = false;
    this.count = el("p", { class: "count", role: "status" });
    this.holder = el("div", { class: "issues" });
    this.controls = this.makeControls();
    this.box = this.makeBox();
    this.narrowed = () => {
      if (this.built) this.grid.setColumns(this.columns());
      else this.turned = true;
    };
  }

  makeControls() {
    const search = el("input", { type: "search", id: "search", autocomplete: "off" });
    const open = ["open", "未整改（含超期）"];
    const state = choice("state", [open, ...["x", "f", "c"].map((one) => [one, STATES[one]])]);
    const actions = [...new Set(this.every.map((issue) => issue.action))].filter(Boolean);
    const action = choice("action", named(actions.sort(byPinyin.compare)));
    const county = choice("county", named(page.counties.map(({ name }) => name)));
    for (const control of [state, action, county])
      control.addEventListener("change", () => this.filter());
    let waiting = 0;
    const soon = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.filter(), 120);
    };
    // What an input method has not finished is no word yet.
    search.addEventListener("input", ({ isComposing }) => isComposing || soon());
    search.addEventListener("compositionend", soon);
    return { search, state, action, county };
  }

  makeBox() {
    const { search, state, action, county } = this.controls;
    const all = this.code === null;
    const save = el("button", { type: "button", id: "export" }, "导出所列（CSV）");
    save.disabled = !this.every.length;
    save.addEventListener("click", () => this.save());
    const hint = "可搜编号、描述、地点、责任单位，也可只打拼音首字母；点列名排序。";
    return el(
      "section",
      { "aria-labelledby": "issues-title" },
      el("h3", { id: "issues-title", class: all ? "unseen" : null }, "问题清单"),
      el(
        "div",
        { class: "filters" },
        el("label", { for: "search" }, "搜索", search),
        el("label", { for: "state" }, "状态", state),
        has.actions ? el("label", { for: "action" }, wording.action, action) : null,
        all ? el("label", { for: "county" }, wording.unit, county) : null,
        save,
      ),
      el("p", { class: "small hint" }, hint),
      this.leftOut(),
      this.count,
      this.every.length ? this.holder : this.empty(),
    );
  }

  // Whether issues of the county, or of any, are not in the page.
  get cut() {
    return page.kept && (this.code === null || !page.kept.includes(this.code));
  }

  leftOut() {
    if (!this.cut) return null;
    const all = `问题太多，这里只逐件列出最差的${page.kept.length}个${wording.unit}的，合计不受影响。`;
    const one = `问题太多，这一页只有${countyNames.get(this.code)}的合计，没有逐件列出；如需逐件查看，请办公室另做一页。`;
    return el("p", { "data-figure": "left-out" }, this.code === null ? all : one);
  }

  empty() {
    return this.cut ? null : el("p", {}, "截至当日没有问题。");
  }

  filter() {
    const { search, state, action, county } = this.controls;
    const matches = matcher(search.value);
    const wanted = state.value === "open" ? "ox" : state.value;
    this.shown = this.every.filter(
      (issue) =>
        (!wanted || wanted.includes(issue.state)) &&
        (!action.value || issue.action === action.value) &&
        (!county.value || issue.county === county.value) &&
        matches(issue),
    );
    this.count.textContent = `列出${this.shown.length}件，共${this.every.length}件`;
    if (this.built) this.grid.replaceData(this.shown);
  }

  // In the order in which they are seen.
  listed() {
    return this.built ? this.grid.getData("active") : this.shown;
  }

  save() {
    const whose = this.code === null ? `各${wording.unit}` : countyNames.get(this.code);
    save(`${whose}问题清单 ${page.days[this.day].day}.csv`, csvOf(this.listed()));
  }

  columns() {
    return columns(this.code === null, phone.matches);
  }

  // Tabulator measures its place, so it is made once the place is on the page.
  show() {
    if (!this.every.length) return;
    this.filter();
    const { shown } = this;
    this.grid = new Tabulator(this.holder, {
      data: shown,
      columns: this.columns(),
      layout: "fitColumns",
      height: Math.min(640, 90 + this.shown.length * 48),
      placeholder: "没有符合条件的问题",
      columnDefaults: { headerHozAlign: "left", vertAlign: "top" },
      index: "row",
    });
    this.grid.on("tableBuilt", () => {
      this.built = true;
      this.label();
      // What was searched or turned before the grid could be told.
      if (this.turned) this.narrowed();
      if (this.shown !== shown) this.grid.replaceData(this.shown);
    });
    for (const width of WIDTHS) width.addEventListener("change", this.narrowed);
  }

  // What Tabulator leaves unsaid: the part that scrolls is the rows of the grid.
  label() {
    this.holder.querySelector(".tabulator-tableholder").setAttribute("role", "rowgroup");
    this.holder.querySelector(".tabulator-table").setAttribute("role", "presentation");
    this.holder.removeAttribute("aria-owns");
    this.holder.setAttribute("aria-label", "问题清单");
  }

  forget() {
    for (const width of WIDTHS) width.removeEventListener("change", this.narrowed);
    if (this.grid) this.grid.destroy();
  }

  // Paper shows every issue listed, not only those that the screen has room for.
  printed() {
    const headings = ["编号", "状态", "问题描述", "地点", "责任单位", "整改期限"];
    const rows = this.listed().map((issue) => [
      given(issue.id, NO_ID),
      stateMark(issue),
      given(issue.description, NO_DESCRIPTION),
      issue.location,
      issue.unit,
      issue.due ?? "—",
    ]);
    return el("div", { class: "printed" }, table("问题清单", headings, rows));
  }
}
