// Elements are made from text only: nothing of the data is ever read as HTML.

function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

function option(value, label, chosen) {
  return el("option", { value, selected: value === chosen }, label);
}

function section(title, ...children) {
  return el("section", {}, el("h3", {}, title), ...children);
}

function table(caption, headings, rows) {
  const head = headings.map((heading) => el("th", { scope: "col" }, heading));
  const body = rows.map((cells) =>
    el("tr", {}, ...cells.map((cell, number) => labelled(cell, headings[number]))),
  );
  return el(
    "table",
    {},
    el("caption", { class: "unseen" }, caption),
    el("thead", {}, el("tr", {}, ...head)),
    el("tbody", {}, ...body),
  );
}

// On a narrow screen a row becomes a list, in which each cell names its column.
function labelled(cell, heading) {
  return el("td", { "data-label": heading }, cell);
}

// A sentence without spaces between characters and figures, as official documents have it.
const tight = (text) =>
  text.replace(/([\u4e00-\u9fff]) (?=\d)/g, "$1").replace(/(\d) (?=[\u4e00-\u9fff])/g, "$1");
