"""What holds for every dataset, looked for over generated ones (DESIGN, the laws).

Rows are generated as a county might keep them: issues found, claimed, struck
off, sent back and claimed again, dates in several forms, some cells broken.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import os
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from duzhan.campaign.lists import lists_in_files
from duzhan.campaign.opening import open_dataset
from duzhan.compliance.county import days_needed, days_paced, judge_counties
from duzhan.dataset.ledger import load_ledger
from duzhan.dataset.records import load_records
from duzhan.engines import IN_MEMORY
from duzhan.intake.dateforms import Calendar, may_be_date, read_date
from duzhan.intake.dates import SEPARATORS, DateReader
from duzhan.intake.formats import delimited
from duzhan.intake.headers import HeaderFinder
from duzhan.intake.text import squash
from duzhan.model import Light, Verdict
from duzhan.report.words import percent
from duzhan.requirements.results import Rate
from made import create

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duzhan.compliance.results import CountyStatus, Overview
    from duzhan.dataset.folder import Dataset
    from duzhan.dataset.ledger import Ledger
    from duzhan.model import Records

START, END = dt.date(2021, 5, 1), dt.date(2021, 12, 31)
CALENDAR = Calendar(START, END)
COUNTIES = ("富宁县", "广南县", "文山市")
HEADER = (
    "编号",
    "问题描述",
    "地点",
    "发现日期",
    "整改期限",
    "整改完成日期",
    "销号日期",
    "退回日期",
    "核验人",
)
FOUND, DUE, CLAIMED, CLOSED, SENT_BACK = range(3, 8)
EVENTS = (CLAIMED, CLOSED, SENT_BACK)

# A busy machine is no fault of a law.
LAWS = int(os.environ.get("DUZHAN_LAWS", "10"))
LAW = settings(
    max_examples=LAWS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

Row = tuple[str, ...]


# ---------------------------------------------------------------- datasets


@dataclass(frozen=True)
class Lists:
    """Issue rows by county, and the rows of scores.csv, extensions.csv and rechecks.csv."""

    issues: tuple[tuple[str, tuple[Row, ...]], ...]
    scores: tuple[Row, ...] = ()
    extensions: tuple[Row, ...] = ()
    rechecks: tuple[Row, ...] = ()

    def with_row(self, county: int, at: int, row: Row) -> Lists:
        name, rows = self.issues[county]
        changed = name, (*rows[:at], row, *rows[at + 1 :])
        return replace(self, issues=(*self.issues[:county], changed, *self.issues[county + 1 :]))


@functools.cache
def configuration() -> Dataset:
    """Roster and rules of the notice; the lists are written elsewhere."""
    folder = Path(tempfile.mkdtemp()) / "ds"
    create(folder, sample=False)
    return open_dataset(folder)


@dataclass(frozen=True)
class Judge:
    """Lists written as files and read, to be judged as of any day."""

    ledger: Ledger
    records: Records
    judged: dict[dt.date, Overview] = field(default_factory=dict)

    def on(self, day: dt.date) -> Overview:
        if day not in self.judged:
            self.judge([day])
        return self.judged[day]

    def judge(self, days: Sequence[dt.date]) -> None:
        """Judge several days at once, which takes hardly longer than one."""
        lists, rules = lists_in_files(self.ledger), configuration().rules
        tally = lists.count(IN_MEMORY, days_needed(rules, days), days_paced(days))
        args = (self.records, rules, self.ledger.counties, days)
        self.judged.update(judge_counties(tally, lists.missing, *args))

    def county(self, name: str, day: dt.date) -> CountyStatus:
        return next(status for status in self.on(day).counties if status.county.name == name)


def written(lists: Lists, folder: str) -> Judge:
    """Write the lists as a county's CSV files, and read them."""
    root = Path(folder)
    (root / "issues").mkdir(exist_ok=True)
    for county, rows in lists.issues:
        _write(root / "issues" / f"{county}.csv", HEADER, rows)
    _write(root / "scores.csv", ("日期", "县(市)", "评估方", "总分", "考核节点"), lists.scores)
    _write(
        root / "extensions.csv", ("批准日期", "县(市)", "编号", "延至", "批准人"), lists.extensions
    )
    _write(root / "rechecks.csv", ("日期", "县(市)", "编号", "结果", "核查人"), lists.rechecks)
    for name, header in (
        ("deliverables.csv", ("任务", "县(市)", "完成日期", "验收单位")),
        ("supervision.csv", ("日期", "县(市)", "方式")),
        ("county_reports.csv", ("周次", "县(市)", "报送日期")),
    ):
        _write(root / name, header, ())
    dataset = configuration()
    records, _ = load_records(root, dataset.roster, dataset.rules)
    return Judge(load_ledger(root, dataset.roster, dataset.rules), records)


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


# ---------------------------------------------------------------- what is generated

FORMS = (
    lambda d: d.isoformat(),
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: d.strftime("%Y%m%d"),
    lambda d: f"{d.month}月{d.day}日",
    lambda d: f"{d.isoformat()} 09:30:00",
    lambda d: f" {d.year} 年 {d.month} 月 {d.day} 日 ",
    lambda d: str((d - dt.date(1899, 12, 30)).days),
    lambda d: d.isoformat().translate(str.maketrans("0123456789", "０１２３４５６７８９")),
)
DAYS = st.dates(START, END)
GARBAGE = ("已完成", "2021-06-31", "06/05/2021", "6.3", "#REF!", "2022-03-01", "？", "5月")


@st.composite
def cells_of(draw: st.DrawFn, days: Sequence[dt.date]) -> str:
    forms = [draw(st.sampled_from(FORMS))(day) for day in days]
    return draw(st.sampled_from(("；", ";", "、", "\n"))).join(forms)


@st.composite
def sound_rows(draw: st.DrawFn, number: int) -> Row:
    """An issue that went through some rounds of claim, closure and return, all in order."""
    found = draw(DAYS)
    day = found
    events: dict[int, list[dt.date]] = {kind: [] for kind in EVENTS}
    for _ in range(draw(st.integers(0, 2))):
        for kind in draw(st.sampled_from([(CLAIMED,), (CLAIMED, CLOSED), (CLOSED,)])):
            day = min(END, day + dt.timedelta(days=draw(st.integers(0, 40))))
            events[kind].append(day)
        if day == END or not draw(st.booleans()):
            break
        day = min(END, day + dt.timedelta(days=draw(st.integers(0, 20))))
        events[SENT_BACK].append(day)
    due = draw(st.none() | st.dates(found, END))
    dated = draw(st.integers(0, 9)) > 0
    return (
        draw(st.sampled_from((f"N-{number:03}", f"N-{number:03}", ""))),
        f"问题{number}",
        draw(st.sampled_from(("东门", "西 门", "北门，\n二楼"))),
        draw(cells_of([found])) if dated else "",
        "" if due is None else draw(cells_of([due])),
        *(draw(cells_of(events[kind])) for kind in EVENTS),
        draw(st.sampled_from(("王某", ""))),
    )


@st.composite
def score_rows(draw: st.DrawFn) -> Row:
    return (
        draw(DAYS).isoformat(),
        draw(st.sampled_from(COUNTIES)),
        draw(st.sampled_from(("州级", "省级", "红河州", "省州联合", "县级自评"))),
        draw(st.sampled_from(("690", "720", "750.5", "800", "849.9", "850", "九百", "1001"))),
        draw(st.sampled_from(("", "", "2021-05", "2021-06", "2021-08"))),
    )


@st.composite
def sound_lists(draw: st.DrawFn) -> Lists:
    number = 0
    issues = []
    for county in draw(st.sampled_from((COUNTIES[:1], COUNTIES[:2], COUNTIES))):
        rows = []
        for _ in range(draw(st.integers(1, 8))):
            number += 1
            rows.append(draw(sound_rows(number)))
        issues.append((county, tuple(rows)))
    scores = tuple(draw(st.lists(score_rows(), max_size=4)))
    of = st.sampled_from([(name, row[0]) for name, rows in issues for row in rows])
    return Lists(
        tuple(issues), scores,
        extensions=tuple(draw(st.lists(_register_rows(of, DAYS.map(str)), max_size=3))),
        rechecks=tuple(
            draw(st.lists(_register_rows(of, st.sampled_from(("属实", "不属实"))), max_size=3))
        ),
    )  # fmt: skip


@st.composite
def _register_rows(
    draw: st.DrawFn, of: st.SearchStrategy[tuple[str, str]], what: st.SearchStrategy[str]
) -> Row:
    """An extension or a recheck of an issue, on some day; what came of it; by whom."""
    county, identifier = draw(of)
    return (draw(DAYS).isoformat(), county, identifier, draw(what), "李处长")


@st.composite
def messy_lists(draw: st.DrawFn) -> Lists:
    """Sound lists with broken cells, rows listed twice, and one id for two issues."""
    lists = draw(sound_lists())
    issues = []
    for county, rows in lists.issues:
        changed = list(rows)
        for _ in range(draw(st.integers(0, 4))):
            row = list(draw(st.sampled_from(changed)))
            at = draw(st.integers(FOUND, SENT_BACK))
            what = draw(st.sampled_from(("garble", "double", "other place", "empty")))
            if what == "garble":
                row[at] = draw(st.sampled_from(GARBAGE))
            elif what == "other place":
                row[2] = "别处"
            elif what == "empty":
                row[at] = ""
            changed.insert(draw(st.integers(0, len(changed))), tuple(row))
        issues.append((county, tuple(changed)))
    return replace(lists, issues=tuple(issues))


# ---------------------------------------------------------------- better and worse

LIGHTS = [Light.GREEN, Light.YELLOW, Light.RED]
VERDICTS = [Verdict.MET, Verdict.MET_LATE, Verdict.PENDING, Verdict.MISSED, Verdict.NO_DATA]


def badness(status: CountyStatus) -> list[Fraction | int]:
    """What must not go down: light, every verdict, and the share that is not closed."""
    rate = status.rate
    claimed = status.claimed_rate
    return [
        LIGHTS.index(status.light),
        *(VERDICTS.index(r.verdict) for m in status.milestones for r in m.requirements),
        1 - rate.value if rate else 0,
        1 - claimed.value if claimed else 0,
    ]


def judged_days(draw: st.DrawFn) -> list[dt.date]:
    deadlines = [milestone.deadline for milestone in configuration().rules.milestones]
    near = st.sampled_from([d + dt.timedelta(days=n) for d in deadlines[:-1] for n in (-1, 0, 1)])
    return [END, *draw(st.lists(DAYS | near, min_size=1, max_size=2))]


@st.composite
def garblings(draw: st.DrawFn) -> tuple[Lists, Lists, str, list[dt.date]]:
    """Lists, the same with one date cell (or one date of it) garbled, and whose they are."""
    lists = draw(messy_lists() | sound_lists())
    county = draw(st.integers(0, len(lists.issues) - 1))
    name, rows = lists.issues[county]
    at = draw(st.integers(0, len(rows) - 1))
    column = draw(st.integers(FOUND, SENT_BACK))
    assume(rows[at][column])
    # A text of its own: two rows without 编号 whose 发现日期 are garbled alike would be one issue.
    garbage = draw(st.sampled_from(("已完成（改）", "2021-06-31 ", "6.2", "5/7/2021")))
    parts = SEPARATORS.split(rows[at][column])
    if column in EVENTS and draw(st.booleans()):
        parts[draw(st.integers(0, len(parts) - 1))] = garbage
    else:
        parts = [garbage]
    row = (*rows[at][:column], "；".join(parts), *rows[at][column + 1 :])
    return lists, lists.with_row(county, at, row), name, judged_days(draw)


def is_sound(judge: Judge, county: str, at: int) -> bool:
    """Whether a row has no problem of its own, and no double."""
    facts = judge.ledger.facts
    source = next(s for s in judge.ledger.sources if s.file == f"issues/{county}.csv")
    row = source.first + at
    reported = any(row in fault.rows for fault in facts.faults if not fault.warning)
    return not reported and not facts.invalid[row] and int((facts.issue == row).sum()) == 1


@LAW
@given(garblings())
def test_garbling_a_date_of_a_sound_row_never_betters_anything(
    garbling: tuple[Lists, Lists, str, list[dt.date]],
) -> None:
    before, after, county, days = garbling
    at = next(
        at
        for (_, old), (_, new) in zip(before.issues, after.issues, strict=True)
        for at in range(len(old))
        if old[at] != new[at]
    )
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        sound, garbled = written(before, first), written(after, second)
        assume(is_sound(sound, county, at))
        sound.judge(days)
        garbled.judge(days)
        for day in days:
            was = badness(sound.county(county, day))
            now = badness(garbled.county(county, day))
            assert all(a <= b for a, b in zip(was, now, strict=True)), (day, was, now)


# ---------------------------------------------------------------- nothing is lost

NO_ISSUES = (
    ("填报人：李某", "", "", "", "", "", "", "", ""),
    ("合计", "3", "", "", "", "", "", "", ""),
    ("注：日期写成 2021-06-30", "", "", "", "", "", "", "", ""),
    HEADER,
    ("",) * len(HEADER),
)


@LAW
@given(messy_lists(), st.data())
def test_every_row_read_is_accounted_for(lists: Lists, data: st.DataObject) -> None:
    extra = [data.draw(st.lists(st.sampled_from(NO_ISSUES), max_size=4)) for _ in lists.issues]
    full = replace(
        lists,
        issues=tuple((n, (*rows, *e)) for (n, rows), e in zip(lists.issues, extra, strict=True)),
    )
    with tempfile.TemporaryDirectory() as folder:
        judge = written(full, folder)
        day = judge.on(END)
    rows_of = dict(lists.issues)
    extra_of = {name: rows for (name, _), rows in zip(lists.issues, extra, strict=True)}
    for source in judge.ledger.sources:
        name, table = judge.ledger.counties[source.county].name, source.table
        assert table.row_count == table.cells.num_rows + table.skipped
        assert table.cells.num_rows == len(rows_of[name])
        assert table.skipped == sum(any(row) for row in extra_of[name])
    for status in day.counties:
        name = status.county.name
        if name in rows_of:
            assert status.counts is not None
            assert status.counts.total == len(
                {_identity(row, number) for number, row in enumerate(rows_of[name])}
            )
            assert status.counts.total == (
                status.counts.open + status.counts.claimed + status.counts.closed
            )


def _identity(row: Row, number: int) -> tuple[str | int, ...]:
    """What makes two rows one issue (SPEC section 3, doubtful rows)."""
    texts = tuple("".join(text.split()) for text in row[:3])
    if texts[0]:
        return texts
    day = read_date(row[FOUND], CALENDAR) if row[FOUND] else None
    # What cannot be read agrees with nothing.
    return (*texts, day.toordinal() if day else -number - 1 if row[FOUND] else 0)


# ---------------------------------------------------------------- nothing knows the future


def _until(lists: Lists, day: dt.date) -> Lists:
    """The lists as they could have stood on a day: no event and no score dated after it."""
    reader = DateReader(CALENDAR, ())

    def cut(text: str) -> str:
        parts = [part for part in SEPARATORS.split(text) if part.strip()]
        return "；".join(p for p in parts if reader.read(p)[0] <= (day.toordinal(),))

    issues = tuple(
        (
            county,
            tuple(
                (*row[:CLAIMED], *(cut(row[at]) for at in EVENTS), *row[SENT_BACK + 1 :])
                for row in rows
                if not row[FOUND] or reader.read(row[FOUND])[0] <= (day.toordinal(),)
            ),
        )
        for county, rows in lists.issues
    )
    kept = (lists.scores, lists.extensions, lists.rechecks)
    return Lists(issues, *(tuple(r for r in rows if r[0] <= day.isoformat()) for rows in kept))


@LAW
@given(sound_lists(), DAYS)
def test_as_of_a_day_nothing_depends_on_what_is_dated_after_it(lists: Lists, day: dt.date) -> None:
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        whole = written(lists, first)
        assume(not whole.ledger.facts.invalid.any())
        then = written(_until(lists, day), second)
        for county, kept in _until(lists, day).issues:
            now, was = whole.county(county, day), then.county(county, day)
            if not kept:  # a county whose list was empty then had no data
                assert now.counts is not None
                assert now.counts.total == 0
                continue
            assert now.counts == was.counts
            assert now.milestones == was.milestones
            assert (now.light, now.reasons) == (was.light, was.reasons)
            assert now.score == was.score


@LAW
@given(sound_lists(), st.data())
def test_a_rate_met_at_its_deadline_is_met_ever_after(lists: Lists, data: st.DataObject) -> None:
    milestone = data.draw(st.sampled_from(configuration().rules.milestones))
    later = data.draw(st.dates(milestone.deadline, END))
    with tempfile.TemporaryDirectory() as folder:
        judge = written(lists, folder)
        for county, _ in lists.issues:
            at, after = (
                _rate_verdict(judge.county(county, day), milestone.id)
                for day in (milestone.deadline, later)
            )
            if at is Verdict.MET:
                assert after is Verdict.MET
            else:
                assert after is not Verdict.MET or later == milestone.deadline


def _rate_verdict(status: CountyStatus, milestone: str) -> Verdict:
    return next(
        judged.verdict
        for result in status.milestones
        if result.milestone.id == milestone
        for judged in result.requirements
        if judged.requirement.kind == "rectification_rate"
    )


# ---------------------------------------------------------------- display


@settings(max_examples=20 * LAWS, deadline=None)
@given(st.integers(1, 10**9), st.data())
def test_display_never_rounds_a_failing_figure_up_to_its_threshold(
    total: int, data: st.DataObject
) -> None:
    threshold = Fraction(data.draw(st.integers(1, 1000)), 1000)
    line = -(-threshold.numerator * total // threshold.denominator)
    closed = data.draw(
        st.integers(0, total) | st.integers(max(0, line - 2), min(total, line + 2)), "closed"
    )
    rate = Rate(closed, total)
    text = percent(rate)
    shown = Fraction(text.removesuffix("%")) / 100
    assert (shown >= threshold) == (rate.value >= threshold)
    assert shown <= rate.value < shown + Fraction(1, 1000)
    assert len(text.partition(".")[2]) == 2


def test_display_of_every_small_share_lies_on_its_own_side_of_every_threshold() -> None:
    for total in range(1, 251):
        for closed in range(total + 1):
            whole, tenth = percent(Rate(closed, total)).removesuffix("%").split(".")
            shown = int(whole) * 10 + int(tenth)
            for threshold in (90, 95, 98, 99, 100):
                assert (shown >= threshold * 10) == (closed * 100 >= total * threshold)


# ---------------------------------------------------------------- two ways to read CSV

FINDER = HeaderFinder({"编号": (), "问题描述": (), "地点": ()}, "问题描述")
CELLS = st.text(st.sampled_from("ab 脏，,;\t|\"\n\u2028\u0085\x0c\x1c#='"), max_size=6)
TITLES = (
    (),
    (["富宁县问题清单", "", ""],),
    (["富宁县\n问题清单", "", ""], ["填报单位", "截至6月", ""]),
)


@st.composite
def csv_files(draw: st.DrawFn) -> str:
    """A list as CSV: any separator, quotes and line breaks in cells, with and without titles."""
    file = io.StringIO(newline="")
    writer = csv.writer(
        file,
        delimiter=draw(st.sampled_from(",;\t|")),
        quoting=draw(st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))),
        lineterminator=draw(st.sampled_from(("\n", "\r\n"))),
    )
    writer.writerows(draw(st.sampled_from(TITLES)))
    writer.writerow(["编号", "问题描述", "地点"])
    rows = draw(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8))
    writer.writerows(rows)
    return file.getvalue()


def assert_both_ways_agree(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    fast = delimited._read_large(data, FINDER)
    if fast is None:  # left to the exact way
        return
    decoded, known = delimited.decode(data)
    exact = delimited._read_text(decoded, known, FINDER)
    rows = len(fast.columns[0])
    assert [column.to_pylist() for column in fast.columns] == [
        column.to_pylist()[:rows] for column in exact.columns
    ]
    # The exact way sees one empty row behind the last line end.
    assert not any(cell for column in exact.columns for cell in column.to_pylist()[rows:])
    wanted = np.arange(rows)
    assert fast.line_of(wanted) == exact.line_of(wanted)
    assert (fast.header, fast.preface) == (exact.header, exact.preface)


@settings(max_examples=6 * LAWS, deadline=None)
@given(csv_files(), st.sampled_from(("utf-8", "utf-8-sig", "gb18030")))
def test_the_fast_and_the_exact_way_read_the_same_cells_on_the_same_lines(
    text: str, encoding: str
) -> None:
    assert_both_ways_agree(text, encoding)


@pytest.mark.parametrize("break_", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_only_real_line_ends_count_as_lines_above_the_header(break_: str, encoding: str) -> None:
    text = f"富宁县{break_}问题清单,,\n编号,问题描述,地点\n1,垃圾,东门\n2,厕所,西门\n"
    assert_both_ways_agree(text, encoding)


@pytest.mark.parametrize(
    "row", ['1,脏"乱"差,门', '1,"脏"乱,门', '1, "脏",门', '"","",""', ",,", '1,"a""b",""']
)
def test_odd_quotes_read_the_same_both_ways(row: str) -> None:
    assert_both_ways_agree(f"编号,问题描述,地点\n{row}\n2,厕所,西门\n", "utf-8")


def test_the_fast_way_is_taken_at_all() -> None:
    text = '编号,问题描述,地点\n1,"垃圾\n未清",东门\n'
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        assert delimited._read_large(text.encode(encoding), FINDER) is not None


# ---------------------------------------------------------------- dates


def _days() -> Iterator[dt.date]:
    day = START
    while day <= END:
        yield day
        day += dt.timedelta(days=1)


DOTTED_FORMS = (lambda d: f"{d.month}.{d.day}", lambda d: f"{d.month}.{d.day:02}")
MORE_FORMS = (
    *FORMS,
    lambda d: f"{d.year}-{d.month}-{d.day}",
    lambda d: d.strftime("%Y/%m/%d"),
    lambda d: d.strftime("%Y.%m.%d"),
    lambda d: f"{d.year}年{d.month:02}月{d.day:02}日",
    lambda d: f"{d.year}年{d.month}月{d.day}号",
    lambda d: f"{d.month:02}月{d.day:02}日",
    lambda d: f"{d.isoformat()}T00:00:00",
    lambda d: f"{d.year}/{d.month}/{d.day} 8:05",
    lambda d: f"{d.year}年{d.month}月{d.day}日 14:30",
    lambda d: f"{(d - dt.date(1899, 12, 30)).days}.5",
    lambda d: f"{d.year}／{d.month}／{d.day}",
)


@pytest.mark.parametrize("form", range(len(MORE_FORMS)))
def test_every_form_of_every_day_of_the_campaign_reads_back_as_that_day(form: int) -> None:
    wrong = {
        text: read_date(text, CALENDAR)
        for day in _days()
        if read_date(text := MORE_FORMS[form](day), CALENDAR) != day
        or not may_be_date(squash(text))
    }
    assert not wrong


@pytest.mark.parametrize("form", range(len(DOTTED_FORMS)))
def test_month_and_day_with_a_point_is_refused_where_excel_may_have_cut_a_zero(form: int) -> None:
    for day in _days():
        expected = None if day.day in (1, 2, 3) else day
        assert read_date(DOTTED_FORMS[form](day), CALENDAR) == expected


def test_forms_whose_day_and_month_cannot_be_told_apart_are_refused() -> None:
    for day in _days():
        for text in (
            day.strftime("%d/%m/%Y"),
            day.strftime("%m/%d/%Y"),
            day.strftime("%m-%d-%Y"),
            day.strftime("%d.%m.%Y"),
            f"{day.month}/{day.day}",
            f"{day.month}-{day.day}",
            day.strftime("%y-%m-%d"),
            day.strftime("%y%m%d"),
        ):
            assert read_date(text, CALENDAR) is None, text


@LAW
@given(st.lists(DAYS, min_size=1, max_size=4), st.data())
def test_a_cell_of_several_dates_holds_each_of_them(
    days: list[dt.date], data: st.DataObject
) -> None:
    reader = DateReader(CALENDAR, ("无",))
    text = data.draw(cells_of(days))
    assert reader.read_several(text) == (tuple(day.toordinal() for day in days), False)
    assert reader.read_several(f"{text}；已完成") == (
        tuple(day.toordinal() for day in days),
        True,
    )


def test_every_county_of_these_tests_is_in_the_roster() -> None:
    names = Counter(county.name for county in configuration().roster.counties)
    assert all(names[name] == 1 for name in COUNTIES)
