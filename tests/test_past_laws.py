"""The past is not rewritten unnamed (SPEC section 1, issue 15).

Random sequences of every command that writes, over random days: whatever answer about an
earlier day gets better, the report of that day names what bettered it, and by whom. And as
of a day nothing depends on what the registers hold about later days.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from duzhan import columns as col
from duzhan.campaign.changing import (
    Workplace,
    change_issues,
    extend_deadlines,
    recheckable,
    withdraw_issues,
    workplace,
)
from duzhan.campaign.importing import Wanted, import_lists
from duzhan.campaign.standing import Campaign
from duzhan.errors import DuzhanError
from duzhan.model import Light, State, Verdict
from duzhan.register import record_rows
from duzhan.register.changes import Amendment, amend, close, reopen
from duzhan.register.extensions import Grant
from duzhan.register.record_files import RecordFile
from made import create

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duzhan.compliance.quality import Quality
    from duzhan.compliance.results import CountyStatus, Overview
    from duzhan.dataset.folder import Dataset

COUNTY = "富宁县"
FIRST, LAST = dt.date(2021, 5, 20), dt.date(2021, 8, 20)
NAMES = ("甲", "乙", "丙", "丁")
PEOPLE = ("赵六", "钱七", "孙八")
STATES = (State.CLOSED, State.CLAIMED, State.OPEN)
# Lines about issues: changes of the ledger, and rows of these registers.
ABOUT_ISSUES = (None, col.EXTENSIONS, col.EVIDENCE, col.RECHECKS)
# A milestone, days around it, and the days on which the weeks end.
PAST = tuple(dt.date(2021, *day) for day in ((5, 31), (6, 9), (6, 20), (6, 30), (7, 14)))

# A busy machine is no fault of a law; DUZHAN_LAWS asks for more of them.
LAW = settings(
    max_examples=int(os.environ.get("DUZHAN_LAWS", "2")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def days(first: dt.date = FIRST, last: dt.date = LAST) -> st.SearchStrategy[dt.date]:
    return st.dates(first, last)


# ---------------------------------------------------------------- commands


@dataclass(frozen=True)
class Step:
    """One command: how many days after the one before it is given, and what it does."""

    after: int
    name: str
    how: Mapping[str, object]


def _date_cell() -> st.SearchStrategy[str]:
    one = days().map(dt.date.isoformat)
    return st.one_of(
        st.just(""), st.just(""), one, st.lists(one, min_size=2, max_size=2).map("；".join),
        st.sampled_from(("已完成", "2021-06-31")),
    )  # fmt: skip


def _list_rows() -> st.SearchStrategy[list[tuple[str, ...]]]:
    row = st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(("", "一街", "一街", "二街")),
        st.one_of(days().map(dt.date.isoformat), st.sampled_from(("", "6月", "不明"))),
        st.one_of(days().map(dt.date.isoformat), st.sampled_from(("", "立行立改", "已完成"))),
        _date_cell(),
        _date_cell(),
        _date_cell(),
        st.sampled_from(("", "", *PEOPLE[:2])),
        st.sampled_from(("", "赵六")),
        st.sampled_from(("", "", "已完成", "整改中")),
    )
    return st.lists(row, min_size=1, max_size=4, unique_by=lambda cells: cells[0])


LIST = ("编号", "地点", "发现日期", "整改期限", *col.EVENT_COLUMNS, "核验人", "责任人", "整改情况")


def _steps() -> st.SearchStrategy[Step]:
    name, day, who = st.sampled_from(NAMES), days(), st.sampled_from(PEOPLE)
    cell = st.one_of(days().map(dt.date.isoformat), st.sampled_from(("", "赵六", "甲一", "一街")))
    columns = st.sampled_from(
        (col.FOUND, col.DUE, *col.EVENT_COLUMNS, col.VERIFIER, col.PERSON, col.ID, col.LOCATION)
    )
    kinds: dict[str, st.SearchStrategy[dict[str, object]]] = {
        "import": st.fixed_dictionaries(
            {"rows": _list_rows(), "accept": st.booleans(), "vouch": st.booleans(), "by": who}
        ),
        "close": st.fixed_dictionaries({"issue": name, "on": day, "by": who}),
        "reopen": st.fixed_dictionaries({"issue": name, "on": day}),
        "amend": st.fixed_dictionaries(
            {"issue": name, "column": columns, "value": cell, "by": who}
        ),
        "extend": st.fixed_dictionaries({"issue": name, "on": day, "to": day, "by": who}),
        "withdraw": st.fixed_dictionaries(
            {"issue": name, "same": st.one_of(st.none(), name), "by": who}
        ),
        "undo": st.fixed_dictionaries({"issue": name, "by": who}),
        "supervision": st.fixed_dictionaries({"on": day}),
        "report": st.fixed_dictionaries({"on": day, "week": day}),
        "score": st.fixed_dictionaries(
            {
                "on": day,
                "points": st.sampled_from((700, 720, 760)),
                "of": st.sampled_from(("州级", "省级")),
            }
        ),
        "deliverable": st.fixed_dictionaries({"on": day}),
        "recheck": st.fixed_dictionaries(
            {"issue": name, "on": day, "true": st.booleans(), "by": who}
        ),
        "evidence": st.fixed_dictionaries({"issue": name, "on": day}),
    }
    often = ("import", "import", "close", "reopen", "amend", "extend", *kinds)
    return st.sampled_from(often).flatmap(
        lambda kind: st.builds(Step, st.integers(1, 12), st.just(kind), kinds[kind])
    )


class Office:
    """A dataset, and commands on it on a day."""

    def __init__(self, root: Path, dataset: Dataset) -> None:
        self.root, self.dataset = root, dataset
        self._place = workplace(root, 5.0, lambda: None, lambda _: None)
        self.today = FIRST
        # 编号 to the one under which the issue was known at first.
        self.renamed: dict[str, str] = {}

    @property
    def place(self) -> Workplace:
        terms = replace(self._place.terms, today=self.today)
        return replace(self._place, terms=terms)

    def do(self, step: Step) -> None:
        """Give a command; one that is refused changes nothing."""
        self.today = min(self.today + dt.timedelta(step.after), dt.date(2021, 12, 31))
        os.environ["DUZHAN_TODAY"] = self.today.isoformat()
        on = step.how.get("on")
        # The command line refuses days that have not come before anything else.
        if isinstance(on, dt.date) and on > self.today:
            return
        try:
            getattr(self, f"_{step.name}")(**step.how)
        except DuzhanError:
            return

    def _import(self, rows: list[tuple[str, ...]], accept: bool, vouch: bool, by: str) -> None:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(("问题描述", *LIST))
        writer.writerows((f"{row[0]}处积水", *row) for row in rows)
        path = self.root.parent / f"{COUNTY}.csv"
        path.write_text(text.getvalue(), "utf-8")
        import_lists(
            self.place, [path],
            Wanted(accept_moved_dates=accept, by=by if accept else None,
                   verified_by=by if vouch else None),
        )  # fmt: skip

    def _close(self, issue: str, on: dt.date, by: str) -> None:
        terms = self.place.terms
        change_issues(self.place, "close", [issue], None, lambda one, _: close(one, on, by, terms))

    def _reopen(self, issue: str, on: dt.date) -> None:
        terms = self.place.terms
        change_issues(
            self.place, "reopen", [issue], None, lambda one, _: reopen(one, on, "复查", terms, None)
        )

    def _amend(self, issue: str, column: str, value: str, by: str) -> None:
        terms = self.place.terms
        change_issues(
            self.place, "amend", [issue], None,
            lambda one, rows: amend(
                one,
                Amendment(column, value, by, "笔误", rows.ids_of(one.county), correction=True),
                terms,
            ),
        )  # fmt: skip
        if column == col.ID and value != issue:
            self.renamed[value] = self.renamed.pop(issue, issue)

    def first_name(self, name: str) -> str:
        """One name for an issue, whatever 编号 it was given since."""
        taken = f"{name}（又一件）" if name in self.renamed.values() else name
        return self.renamed.get(name, taken)

    def _extend(self, issue: str, on: dt.date, to: dt.date, by: str) -> None:
        extend_deadlines(self.place, [issue], None, Grant(to, by, on, "雨季"))

    def _withdraw(self, issue: str, same: str | None, by: str) -> None:
        withdraw_issues(self.place, [issue], None, (by, "误报"), same_as=same)

    def _undo(self, issue: str, by: str) -> None:
        withdraw_issues(self.place, [issue], None, (by, "看错"), again=True)

    def _record(self, file: str, row: Mapping[str, str]) -> None:
        with self.place.hold() as store:
            RecordFile(store, self.dataset, file, self.place.terms).stage(row, again=True)
            store.commit(command="record")

    def _supervision(self, on: dt.date) -> None:
        county, terms = self.place.required_county(COUNTY), self.place.terms
        row = record_rows.supervision(county, on.isoformat(), ["实地督战"], {}, terms)
        self._record(col.SUPERVISION, row)

    def _report(self, on: dt.date, week: dt.date) -> None:
        county, terms = self.place.required_county(COUNTY), self.place.terms
        parts = dict.fromkeys(
            (*col.REPORT_PARTS, *(one.copy_column for one in self.dataset.roster.offices)), True
        )
        iso = week.isocalendar()
        row = record_rows.report(county, f"{iso.year}-W{iso.week:02}", on.isoformat(), parts, terms)
        self._record(col.COUNTY_REPORTS, row)

    def _score(self, on: dt.date, points: int, of: str) -> None:
        county, terms = self.place.required_county(COUNTY), self.place.terms
        row = record_rows.score(county, on.isoformat(), of, str(points), None, terms)
        self._record(col.SCORES, row)

    def _deliverable(self, on: dt.date) -> None:
        county, terms = self.place.required_county(COUNTY), self.place.terms
        task = "病媒生物防制通过省级验收"
        self._record(
            col.DELIVERABLES,
            record_rows.deliverable(county, task, on.isoformat(), "省爱卫办", terms),
        )

    def _recheck(self, issue: str, on: dt.date, true: bool, by: str) -> None:
        county, terms = self.place.required_county(COUNTY), self.place.terms
        row = record_rows.recheck(
            county, issue, on.isoformat(), "属实" if true else "不属实", by, terms
        )
        recheckable(self.place, county, row)
        self._record(col.RECHECKS, row)

    def _evidence(self, issue: str, on: dt.date) -> None:
        self._record(
            col.EVIDENCE,
            {col.ID: issue, col.COUNTY: COUNTY, "类别": "整改后", "文件": f"evidence/{issue}.jpg",
             "SHA-256": "0" * 64, "收到日期": on.isoformat()},
        )  # fmt: skip


# ---------------------------------------------------------------- answers


class Told(NamedTuple):
    """What is answered about a day, each figure greater where it is better."""

    county: dict[str, float]
    issues: Mapping[str, tuple[float, ...]]


_LIGHTS = {Light.RED: 0, Light.YELLOW: 1, Light.GREEN: 2}
_VERDICTS = {
    Verdict.MISSED: 0, Verdict.NO_DATA: 1, Verdict.PENDING: 1, Verdict.MET_LATE: 2, Verdict.MET: 3,
}  # fmt: skip


class Judge:
    """A dataset as it stands after a step, read once, to be asked as of any day."""

    def __init__(self, office: Office) -> None:
        self.first_name = office.first_name
        self._campaign = Campaign(office.dataset, PAST[-1])
        judged = self._campaign.judged(PAST)
        self.told = {day: self._told(day, judged[day]) for day in PAST}

    def _on(self, day: dt.date) -> Campaign:
        campaign = replace(self._campaign, day=day)
        # What was read once is not read again.
        for kept in ("lists", "_records", "_judged"):
            campaign.__dict__[kept] = getattr(self._campaign, kept)
        return campaign

    def _told(self, day: dt.date, overview: Overview) -> Told:
        (status,) = (one for one in overview.counties if one.county.name == COUNTY)
        issues = {
            self.first_name(line.id or line.description): (
                -STATES.index(line.state),
                -max(line.days_overdue or 0, 0),
            )
            for line in self._on(day).issues()
        }
        return Told(dict(_figures(status)), issues)

    def quality(self, day: dt.date) -> Quality:
        """数据质量 of the county as the report of a day has it."""
        (one,) = (q for q in self._on(day).quality() if q.county.name == COUNTY)
        return one


def _figures(status: CountyStatus) -> Iterator[tuple[str, float]]:
    yield "light", _LIGHTS[status.light]
    yield "data", status.has_data
    if status.counts is not None:
        counts = status.counts
        yield "rate", 1 if counts.total == 0 else counts.closed / counts.total
        for name in ("overdue", "invalid", "no_due_date"):
            yield name, -getattr(counts, name)
    yield "supervisions", len(status.last_week.supervisions)
    yield "idle", -status.weeks_unsupervised
    for milestone in status.milestones:
        for number, one in enumerate(milestone.requirements):
            yield f"{milestone.milestone.id} {number}", _VERDICTS[one.verdict]


def better(was: Mapping[str, float], now: Mapping[str, float]) -> list[str]:
    return [name for name in now if name in was and now[name] > was[name]]


def bettered_issues(was: Told, now: Told) -> list[str]:
    """Issues that stand better than they did, are gone, or came as closed."""
    gone = [name for name in was.issues if name not in now.issues]
    came = [n for n, stands in now.issues.items() if n not in was.issues and stands[0] == 0]
    known = [name for name in now.issues if name in was.issues]
    return [*gone, *came, *(n for n in known if _above(now.issues[n], was.issues[n]))]


def _above(now: Sequence[float], was: Sequence[float]) -> bool:
    return any(one > other for one, other in zip(now, was, strict=True))


# ---------------------------------------------------------------- the laws


@functools.cache
def configuration() -> Path:
    """Roster and rules of the notice, copied for each example."""
    folder = Path(tempfile.mkdtemp()) / "ds"
    create(folder, sample=False)
    return folder


@pytest.fixture(autouse=True)
def own_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUZHAN_TODAY", FIRST.isoformat())


def broken(steps: list[Step], policies: tuple[bool, bool]) -> list[str]:
    """Answers about earlier days that got better and are not named."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "ds"
        shutil.copytree(configuration(), root)
        path = root / "milestones.yaml"
        text = path.read_text("utf-8")
        for key, on in zip(("verifier", "evidence"), policies, strict=True):
            text = text.replace(
                f"closure_needs_{key}: false", f"closure_needs_{key}: {str(on).lower()}"
            )
        path.write_text(text, "utf-8")
        office = Office(root, workplace(root, 5.0, lambda: None, lambda _: None).dataset)
        found: list[str] = []
        before = Judge(office).told
        for step in steps:
            office.do(step)
            judge = Judge(office)
            for day in PAST:
                if day < office.today:
                    found += _unnamed(step, office.today, day, before[day], judge)
            before = judge.told
    return found


def _unnamed(step: Step, today: dt.date, day: dt.date, was: Told, judge: Judge) -> Iterator[str]:
    """What a step bettered about a day without a line of its own in that day's report."""
    now = judge.told[day]
    gains, issues = better(was.county, now.county), bettered_issues(was, now)
    if not gains and not issues:
        return
    quality = judge.quality(day)
    if quality.first_import and quality.first_import.day == today.isoformat():
        return
    lines = [one for one in quality.corrections if one.entered_on == today.isoformat()]
    if gains and not lines:
        yield f"{step} betters {gains} of {day}"
    ids = {one.id for one in lines if one.file in ABOUT_ISSUES}
    ids |= {judge.first_name(name) for name in ids if name}
    yield from (f"{step} betters {name} of {day}" for name in issues if name not in ids)


def _on(month: int, day: int) -> dt.date:
    return dt.date(2021, month, day)


def _row(name: str, *cells: str) -> tuple[str, ...]:
    """A row of a list: found on 20 May, due on 10 June, then dates, names and a word."""
    return (name, "一街", "2021-05-20", "2021-06-10", *cells, *[""] * (6 - len(cells)))


# Every way of bettering a past day that there is, one after the other, all of them late.
EVERYTHING = [
    Step(12, "import", {
        "rows": [_row("甲"), _row("乙"), _row("丙"), _row("丁", "", "2021-05-28")],
        "accept": False, "vouch": False, "by": "赵六",
    }),
    Step(50, "close", {"issue": "甲", "on": _on(6, 5), "by": "钱七"}),
    Step(1, "extend", {"issue": "乙", "on": _on(6, 18), "to": _on(8, 15), "by": "孙八"}),
    Step(1, "extend", {"issue": "丙", "on": _on(7, 20), "to": _on(8, 15), "by": "孙八"}),
    Step(1, "amend", {"issue": "乙", "column": col.DUE, "value": "2021-07-01", "by": "赵六"}),
    Step(1, "withdraw", {"issue": "乙", "same": None, "by": "赵六"}),
    Step(1, "undo", {"issue": "乙", "by": "赵六"}),
    Step(1, "recheck", {"issue": "甲", "on": _on(6, 25), "true": False, "by": "钱七"}),
    Step(1, "import", {
        "rows": [_row("甲", "2021-06-28"), _row("乙", "2021-06-01"), _row("丙", "", "2021-05-26")],
        "accept": True, "vouch": True, "by": "钱七",
    }),
    Step(1, "score", {"on": _on(5, 30), "points": 760, "of": "州级"}),
    Step(1, "deliverable", {"on": _on(6, 15)}),
    Step(1, "supervision", {"on": _on(6, 16)}),
    Step(1, "report", {"on": _on(6, 18), "week": _on(6, 18)}),
]  # fmt: skip
NEEDING_EVIDENCE = [
    Step(12, "import", {
        "rows": [_row("甲", "", "2021-05-28", "", "赵六")], "accept": False, "vouch": False,
        "by": "赵六",
    }),
    Step(40, "evidence", {"issue": "甲", "on": _on(6, 6)}),
]  # fmt: skip
# Open before and after on any day of June; what gets better is the milestone of May.
AT_A_MILESTONE = [
    Step(12, "import", {"rows": [_row("甲")], "accept": False, "vouch": False, "by": "赵六"}),
    Step(40, "import", {
        "rows": [_row("甲", "", "2021-05-30", "2021-06-03")], "accept": False, "vouch": False,
        "by": "赵六",
    }),
]  # fmt: skip


@LAW
@example(EVERYTHING, (False, False))
@example(NEEDING_EVIDENCE, (True, True))
@example(AT_A_MILESTONE, (False, False))
@given(st.lists(_steps(), min_size=3, max_size=10), st.tuples(st.booleans(), st.booleans()))
def test_no_answer_about_an_earlier_day_gets_better_unnamed(
    steps: list[Step], policies: tuple[bool, bool]
) -> None:
    assert broken(steps, policies) == []
