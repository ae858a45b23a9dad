// Which place and day the address names: #富宁县, #532628/2021-06-27, #问题清单, #/2021-06-27.

const ALL_ISSUES = "问题清单";

function addressOf(place, day) {
  const where = place ? encodeURIComponent(place) : "";
  return day === lastDay ? `#${where}` : `#${where}/${page.days[day].day}`;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// Gives { place: "" | county name | 问题清单, day: number of the day, notice: what was not found }.
function routeOf(hash) {
  const [where, asked] = hash.replace(/^#/, "").split("/").map(decoded);
  const county = page.counties.find((one) =>
    [one.name, one.code, ...one.aliases].includes(where.trim()),
  );
  const known = !where || where === ALL_ISSUES || county;
  const { day, notice } = dayOf(asked);
  return {
    place: county ? county.name : known ? where : "",
    day,
    notice: known ? notice : `没有“${where}”这个${wording.unit}，显示总览。${notice}`,
  };
}

// A day without a snapshot gives the nearest one before it, and says so.
function dayOf(asked) {
  if (!asked) return { day: lastDay, notice: "" };
  const exact = page.days.findIndex(({ day }) => day === asked);
  if (exact >= 0) return { day: exact, notice: "" };
  if (!/^\d{4}-\d{2}-\d{2}$/.test(asked)) return { day: lastDay, notice: `“${asked}”不是日期。` };
  const before = page.days.filter(({ day }) => day < asked).length - 1;
  const day = Math.max(before, 0);
  return { day, notice: `没有 ${asked} 的快照，显示 ${page.days[day].day} 的。` };
}
