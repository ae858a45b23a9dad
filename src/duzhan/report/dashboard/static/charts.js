// uPlot draws; here is what it draws, in the colours of the screen's theme or of paper.

const DAY = 86400;
const dark = matchMedia("(prefers-color-scheme: dark)");
const THEMES = {
  light: {
    ink: "#1b1f24",
    card: "#fff",
    faint: "#57606a",
    grid: "#e3e7eb",
    blue: "#0b5cad",
    amber: "#8a5a00",
    red: "#b42318",
  },
  dark: {
    ink: "#e6edf3",
    card: "#171d24",
    faint: "#a3b0bd",
    grid: "#2c3640",
    blue: "#7ab7ff",
    amber: "#f5c451",
    red: "#ff8a80",
  },
};
let onPaper = false;
let drawn = [];

const theme = () => THEMES[dark.matches && !onPaper ? "dark" : "light"];
const monthDay = (seconds) => {
  const day = new Date(seconds * 1000);
  return `${day.getUTCMonth() + 1}月${day.getUTCDate()}日`;
};

// Draws `make(theme)` in a box that says in words what is to be seen; again when the theme,
// the width or the medium changes.
function chart(make, words, height, small) {
  const box = el("div", { class: small ? "spark" : "chart" });
  const one = { box, plot: null, draw };
  function draw() {
    if (one.plot) one.plot.destroy();
    const { options, data } = make(theme());
    const width = Math.max(box.clientWidth, 120);
    one.plot = new uPlot({ width, height, ...options }, data, box);
    one.plot.ctx.canvas.setAttribute("role", "img");
    one.plot.ctx.canvas.setAttribute("aria-label", words);
  }
  one.resize = new ResizeObserver(() => {
    const width = Math.max(box.clientWidth, 120);
    if (!one.plot) draw();
    else if (one.plot.width !== width) one.plot.setSize({ width, height });
  });
  one.resize.observe(box);
  drawn.push(one);
  return box;
}

function forgetCharts() {
  for (const { plot, resize } of drawn) {
    resize.disconnect();
    if (plot) plot.destroy();
  }
  drawn = [];
}

function redraw() {
  for (const one of drawn) one.draw();
}

dark.addEventListener("change", redraw);
addEventListener("beforeprint", () => {
  onPaper = true;
  redraw();
});
addEventListener("afterprint", () => {
  onPaper = false;
  redraw();
});

function axes(colours, unit) {
  const common = { stroke: colours.faint, grid: { stroke: colours.grid, width: 1 } };
  return [
    { ...common, values: (_, seconds) => seconds.map(monthDay), space: 70 },
    { ...common, size: 52, values: (_, numbers) => numbers.map((number) => `${number}${unit}`) },
  ];
}

// Dashed verticals at the milestones, each with its name; a name without room goes a line down.
function milestoneMarks(colours, until) {
  return (plot) => {
    const { ctx, bbox } = plot;
    let taken = -Infinity;
    ctx.save();
    ctx.strokeStyle = colours.faint;
    ctx.fillStyle = colours.faint;
    ctx.font = `${12 * devicePixelRatio}px sans-serif`;
    ctx.textAlign = "right";
    ctx.setLineDash([2 * devicePixelRatio, 4 * devicePixelRatio]);
    page.deadlines.forEach((deadline, number) => {
      if (deadline > until) return;
      const x = plot.valToPos(deadline * DAY, "x", true);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      const { name } = page.rules.milestones[number];
      const low = x - 4 - ctx.measureText(name).width < taken;
      ctx.fillText(name, x - 4, bbox.top + (low ? 30 : 14) * devicePixelRatio);
      if (!low) taken = x;
    });
    ctx.restore();
  };
}

// A legend's mark is a piece of its line.
const legend = {
  markers: {
    width: (plot, number) => Math.max(plot.series[number].width, 2),
    dash: (plot, number) => {
      const { dash } = plot.series[number];
      if (!dash) return "solid";
      return dash[0] < 5 ? "dotted" : "dashed";
    },
  },
};
// What a legend says of a number; while nobody points at a day, of the day shown.
const told = (rest, unit) => (plot, number, series, at) => {
  const value = at === null ? plot.data[series][rest] : number;
  return value === null || value === undefined ? "" : `${value}${unit}`;
};
const seriesOfDays = (rest) => ({
  label: "日期",
  value: (plot, seconds) => monthDay(seconds ?? plot.data[0][rest]),
});
const utc = { tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC") };
// What milestones ask for: on days without such a milestone the line breaks (null); on the
// last day on offer it goes on to the milestones ahead.
function askedFor(series, days, goesOn) {
  const asked = new Map(series.asked);
  const ahead = goesOn ? series.asked.filter(([number]) => number > days[days.length - 1]) : [];
  return [
    [...days, ...ahead.map(([number]) => number)],
    [...days.map((number) => asked.get(number) ?? null), ...ahead.map(([, number]) => number)],
  ];
}

// A chart over days, with a legend and the milestones' names; `make` gives its scales and series,
// and what else is drawn on it.
function dayChart(joined, make, words, height) {
  const [days] = joined;
  const data = [days.map((number) => number * DAY), ...joined.slice(1)];
  return chart(
    (colours) => {
      const { scales, series, also = [] } = make(colours);
      const draw = [milestoneMarks(colours, days[days.length - 1]), ...also];
      return {
        data,
        options: { ...utc, legend, scales, axes: axes(colours, ""), series, hooks: { draw } },
      };
    },
    words,
    height,
  );
}

// Found, claimed and closed issues up to a day, against the closures that milestones ask for.
function burnUpChart(series, day, words) {
  const upTo = page.days[day].number;
  const count = series.days.filter((number) => number <= upTo).length;
  const known = [series.days, series.found, series.claimed, series.closed].map((column) =>
    column.slice(0, count),
  );
  const joined = uPlot.join([known, askedFor(series, known[0], day === lastDay)]);
  const stepped = uPlot.paths.stepped({ align: 1 });
  const rest = joined[0].lastIndexOf(known[0][count - 1]);
  const value = told(rest, "件");
  const line = (label, stroke, width, dash) => ({
    ...{ label, stroke, width, dash, value, points: { show: false }, paths: stepped },
  });
  return dayChart(
    joined,
    (colours) => ({
      scales: { y: { range: (_, low, high) => [0, Math.max(high, 4) * 1.2] } },
      series: [
        seriesOfDays(rest),
        line("发现", colours.faint, 1.5),
        line("已销号加待核验", colours.amber, 2, [3, 3]),
        line("已销号", colours.blue, 3),
        line("节点要求销号", colours.red, 2, [10, 4]),
      ],
    }),
    words,
    260,
  );
}

// Assessments up to a day, each with its assessor, against the points that milestones ask for.
function scoreChart(scores, day, words) {
  const upTo = page.days[day].number;
  const lines = scoreLines(upTo);
  const points = scores.filter(({ number, value }) => number <= upTo && value !== null);
  const joined = uPlot.join([
    [lines.map(({ number }) => number), lines.map(({ value }) => value)],
    [points.map(({ number }) => number), points.map(({ value }) => value)],
  ]);
  const last = Math.max(upTo, joined[0][joined[0].length - 1], page.start + 1);
  const values = joined.slice(1).flat().filter(Number.isFinite);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const rest = joined[0].lastIndexOf(points[points.length - 1].number);
  const asked = joined[1].findIndex((number, at) => at >= rest && Number.isFinite(number));
  const marks = told(rest, "分");
  // The line of the milestone that the latest assessment was held against.
  const lineMarks = (plot, number, series, at) => told(asked, "分")(plot, number, series, at);
  return dayChart(
    joined,
    (colours) => ({
      scales: {
        x: { range: () => [page.start * DAY, last * DAY] },
        y: { range: () => [low - 60, high + 50] },
      },
      series: [
        seriesOfDays(rest),
        {
          ...{ label: "节点要求", stroke: colours.red, width: 2, dash: [10, 4], value: lineMarks },
          ...{ spanGaps: true, points: { show: false } },
          paths: uPlot.paths.stepped({ align: -1 }),
        },
        {
          ...{ label: wording.score_short, stroke: colours.blue, value: marks, paths: () => null },
          points: { show: true, size: 9, fill: colours.blue },
        },
      ],
      also: [(plot) => scoreLabels(plot, points, colours)],
    }),
    words,
    240,
  );
}

// From the day after the milestone before to its deadline each milestone asks for its points.
function scoreLines(upTo) {
  const ahead = page.deadlines.findIndex((deadline) => deadline >= upTo);
  const shown = page.rules.milestones.slice(0, ahead < 0 ? undefined : ahead + 1);
  const lines = [];
  shown.forEach((_, number) => {
    const value = page.points[number];
    if (value === null) return;
    if (!lines.length) lines.push({ number: page.start, value });
    lines.push({ number: page.deadlines[number], value });
  });
  return lines;
}

// Where a label may stand beside its point, the best first: above, below, left, right, farther.
const PLACES = [
  [0, -16],
  [0, 18],
  [-1, 0],
  [1, 0],
  [0, -34],
  [0, 36],
  [-1, -18],
  [1, 18],
  [0, -52],
  [0, 54],
];

const apart = (a, b) =>
  a.left > b.right || b.left > a.right || a.top > b.bottom || b.top > a.bottom;

// Every point with its assessor and points, where no other label, point or name stands.
function scoreLabels(plot, points, colours) {
  const { ctx, bbox } = plot;
  const unit = devicePixelRatio;
  ctx.save();
  ctx.fillStyle = colours.ink;
  ctx.strokeStyle = colours.card;
  ctx.lineWidth = 4 * unit;
  ctx.font = `${12 * unit}px sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const box = (x, y, width, height) => ({
    ...{ left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 },
  });
  const at = points.map(({ number, value, assessor, text }) => ({
    x: plot.valToPos(number * DAY, "x", true),
    y: plot.valToPos(value, "y", true),
    label: `${assessor} ${text}`,
  }));
  const marks = page.deadlines.map((deadline) => plot.valToPos(deadline * DAY, "x", true));
  const taken = at.map(({ x, y }) => box(x, y, 10 * unit, 10 * unit));
  for (const { x, y, label } of at) {
    const width = ctx.measureText(label).width + 4 * unit;
    const places = PLACES.map(([side, down]) => {
      const middle = x + side * (width / 2 + 10 * unit);
      return box(middle, y + down * unit, width, 15 * unit);
    });
    const inside = (one) =>
      one.left >= bbox.left &&
      one.right <= bbox.left + bbox.width &&
      one.top >= bbox.top + 18 * unit &&
      one.bottom <= bbox.top + bbox.height;
    const free = (one) => taken.every((other) => apart(one, other));
    const clear = (one) => marks.every((mark) => mark < one.left || mark > one.right);
    const chosen =
      places.find((one) => inside(one) && free(one) && clear(one)) ||
      places.find((one) => inside(one) && free(one)) ||
      places.find(free) ||
      places[0];
    taken.push(chosen);
    for (const draw of ["strokeText", "fillText"])
      ctx[draw](label, (chosen.left + chosen.right) / 2, (chosen.top + chosen.bottom) / 2);
  }
  ctx.restore();
}

// The verified rate of the snapshots up to a day against the milestone's line of each: a hint of
// direction, the figures are beside it.
function sparkline(county, day) {
  const rates = [];
  const lines = [];
  const said = [];
  for (let number = Math.max(0, day - 8); number <= day; number += 1) {
    const { rectification_rate: rate } = viewOf(number).status.counties[county];
    rates.push(rate ? rate.numerator / rate.denominator : null);
    const { rate_line: line } = viewOf(number).words[county];
    lines.push(line ? line.at : null);
    said.push(`${page.days[number].label}${viewOf(number).words[county].rate}`);
  }
  const data = [rates.map((_, number) => number), rates, lines];
  return chart(
    (colours) => ({
      data,
      options: {
        ...{ cursor: { show: false }, legend: { show: false }, padding: [4, 4, 4, 4] },
        scales: { x: { time: false }, y: { range: (_, low, high) => [low - 0.03, high + 0.03] } },
        axes: [{ show: false }, { show: false }],
        series: [
          {},
          { stroke: colours.blue, width: 2, points: { show: true, size: 4 } },
          {
            ...{ stroke: colours.red, width: 1.5, dash: [6, 3], points: { show: false } },
            paths: uPlot.paths.stepped({ align: 1 }),
          },
        ],
      },
    }),
    `${wording.rate}走势：${said.join("，")}`,
    44,
    true,
  );
}
