// The data as duzhan computed them. Nothing is judged or counted here: a view is looked up by
// its day, and what `encode.py` packed (each distinct value once) is taken apart again.

const page = JSON.parse(document.getElementById("data").textContent);
const lastDay = page.days.length - 1;
const unpacked = [];

function unpack(number) {
  if (!(number in unpacked)) {
    const packed = page.pool[number];
    if (Array.isArray(packed)) unpacked[number] = packed.map(unpack);
    else if (packed !== null && typeof packed === "object")
      unpacked[number] = Object.fromEntries(
        Object.entries(packed).map(([key, part]) => [key, unpack(part)]),
      );
    else unpacked[number] = packed;
  }
  return unpacked[number];
}

// All that the page shows of a day: see `views.py`.
function viewOf(day) {
  return unpack(page.views[day]);
}

const cellOf = ({ words, at }, row) => words[at ? at[row] : row];

// What the campaign calls its things, and which parts it has.
const { wording, parts: has } = page;

const STATES = { o: "未整改", x: "超期", f: "待核验", c: "已销号" };
const issueCount = page.issues.county.at
  ? page.issues.county.at.length
  : page.issues.county.words.length;
const invalidIssues = new Set(page.issues.invalid);
const countyNames = new Map(page.counties.map((county) => [county.code, county.name]));

// "3o5x9c": from day 3 on open, from 5 on overdue, from 9 on closed.
function stateIn(runs, day) {
  let state = "-";
  for (const [, begins, letter] of runs.matchAll(/(\d+)(\D)/g)) {
    if (Number(begins) > day) break;
    state = letter;
  }
  return state;
}

// The deadline in force on a day: an extension moves it from the day of its approval on.
function dueOn(row, day) {
  const { due, due_numbers: numbers, moved } = page.issues;
  const steps = moved[row]?.filter(([begins]) => begins <= day);
  if (steps?.length) {
    const [, text, number] = steps[steps.length - 1];
    return { text, number };
  }
  const at = due.at ? due.at[row] : row;
  return { text: due.words[at], number: numbers[at] };
}

// The issues that exist on a day, of one county or (code null) of all.
function issuesOn(day, code) {
  const { issues, days } = page;
  const states = issues.states.words.map((runs) => stateIn(runs, day));
  const found = [];
  for (let row = 0; row < issueCount; row += 1) {
    const state = states[issues.states.at ? issues.states.at[row] : row];
    const county = cellOf(issues.county, row);
    if (state === "-" || (code !== null && county !== code)) continue;
    const due = dueOn(row, day);
    const dated = due.number !== null && (state === "o" || state === "x");
    found.push({
      row,
      state,
      county: countyNames.get(county),
      id: cellOf(issues.id, row),
      description: cellOf(issues.description, row),
      location: cellOf(issues.location, row),
      action: cellOf(issues.action, row),
      source: cellOf(issues.source, row),
      unit: cellOf(issues.unit, row),
      found: cellOf(issues.found, row),
      due: due.text,
      days_overdue: dated ? days[day].number - due.number : null,
      invalid: invalidIssues.has(row),
    });
  }
  return found;
}
