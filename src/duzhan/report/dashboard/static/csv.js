// The issues listed as a CSV that Excel and WPS open: the columns of `duzhan issues --csv`,
// without persons and remarks, which the page does not hold.

const HEADINGS = {
  county: "县(市)",
  id: "编号",
  description: "问题描述",
  location: "地点",
  action: "专项行动",
  source: "问题来源",
  unit: "责任单位",
  found: "发现日期",
  due: "整改期限",
  state: "状态",
  days_overdue: "超期天数",
};

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
  // A list calls an overdue issue 未整改, with its days beside it.
  if (key === "state") return STATES[issue.state === "x" ? "o" : issue.state];
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
