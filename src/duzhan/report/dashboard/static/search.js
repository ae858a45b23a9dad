// Search in Chinese: any width and case, spaces aside, and pinyin initials.

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
