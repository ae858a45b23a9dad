"""All tables of a campaign as of a day, for other programs: typed, named in two languages.

What Python gets as DataFrames stands here as rows; beside it the ledger and the record
files as they were read, and how each issue stood from day to day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from duzhan import columns as col
from duzhan.campaign.problems import problems_in_turn
from duzhan.compliance.snapshots import OVERDUE, issue_history
from duzhan.compliance.states import ABSENT, CLAIMED, CLOSED, OPEN
from duzhan.dataset.layouts import record_layout
from duzhan.dataset.ledger import reading_of
from duzhan.frames import paces, tables
from duzhan.frames.columns import ColumnType
from duzhan.intake.grid import RefusedFileError
from duzhan.intake.tables import read_tables
from duzhan.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pyarrow as pa

    from duzhan.campaign.standing import Campaign
    from duzhan.frames.columns import FrameColumn, One

Value: TypeAlias = "str | int | float | bool | dt.date | None"

TEXT, DAY, FLAG, COUNT = ColumnType.TEXT, ColumnType.DAY, ColumnType.FLAG, ColumnType.COUNT
_STATES = {CLOSED: "closed", CLAIMED: "claimed", OPEN: "open", OVERDUE: "overdue"}


@dataclass(frozen=True, slots=True)
class OpenColumn:
    """A column of a table for other programs.

    Attributes:
        name: in English, or the list's own heading.
        title: in Chinese.
        kind: what it holds.
        words: the only values that it may have; None for any.
    """

    name: str
    title: str
    kind: ColumnType = TEXT
    words: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table for other programs.

    Attributes:
        name: in English.
        title: in Chinese.
        columns: in order.
        rows: one value a column; None is empty.
        key: the columns that tell its rows apart, if any do.
        county: the column that names a county of the table `counties`, if any does.
    """

    name: str
    title: str
    columns: tuple[OpenColumn, ...]
    rows: Sequence[tuple[Value, ...]]
    key: tuple[str, ...] = ()
    county: str | None = None


def open_tables(campaign: Campaign) -> list[OpenTable]:
    """Give all tables of a campaign as of its day.

    Args:
        campaign: of all counties.

    Raises:
        DuzhanError: the journal or a register cannot be read.
    """
    first, last = campaign.dataset.rules.start, campaign.day
    days = [first + dt.timedelta(days=n) for n in range(max((last - first).days, 0) + 1)]
    overview = campaign.overview
    judged = campaign.judged([day for day in days if day <= last])
    lines = list(campaign.issues())
    duties = [
        paces.DutyRow(county, week) for county, weeks in campaign.duties().items() for week in weeks
    ]
    return [
        _about(campaign),
        _counties(campaign),
        _seats(campaign),
        _made("status", "达标情况", tables.STATUS, tables.status_rows(overview), ("county",)),
        _made("requirements", "节点要求和判定", tables.REQUIREMENTS,
              tables.requirement_rows(overview)),
        _made("issues", "截至当天的问题", tables.issue_columns(lines), lines),
        _made("county_days", "每天的达标情况", tables.TREND,
              list(tables.day_rows(list(judged.values()))), ("day", "county")),
        *_issue_states(campaign, days),
        _made("duties", "每周职责", paces.DUTIES, duties),
        _made("forecast", "预测", paces.FORECAST, campaign.forecasts(), ("county",)),
        _made("problems", "数据质量问题", tables.PROBLEMS, list(problems_in_turn(campaign))),
        *_records(campaign),
    ]  # fmt: skip


def _made(
    name: str,
    title: str,
    columns: Sequence[FrameColumn[One]],
    rows: Sequence[One],
    key: tuple[str, ...] = (),
) -> OpenTable:
    """A table of what Python gets as a DataFrame."""
    open_columns = tuple(
        OpenColumn(one.name, one.label, one.kind, tuple(one.words) if one.words else None)
        for one in columns
    )
    values = [tuple(_plain(one.of(row)) for one in columns) for row in rows]
    county = "county" if any(one.name == "county" for one in columns) else None
    return OpenTable(name, title, open_columns, values, key, county)


def _plain(value: object) -> Value:
    if value is None or isinstance(value, str | int | float | dt.date):
        return value
    raise TypeError(f"{type(value).__name__} is no value of a table")


def _about(campaign: Campaign) -> OpenTable:
    rules = campaign.dataset.rules
    told = {
        "campaign": rules.name,
        "as_of": campaign.day.isoformat(),
        "source": rules.notice.number,
        "duzhan": VERSION,
        "notice": campaign.sample or "",
    }
    columns = (OpenColumn("name", "名称"), OpenColumn("value", "内容"))
    return OpenTable("about", "说明", columns, list(told.items()), ("name",))


def _counties(campaign: Campaign) -> OpenTable:
    columns = (
        OpenColumn("name", "县(市)"), OpenColumn("code", "代码"), OpenColumn("aliases", "别名"),
        OpenColumn("group", "督战组"),
    )  # fmt: skip
    rows = [
        (
            group.county.name,
            group.county.code if group.county.coded else None,
            "；".join(group.county.aliases),
            group.name,
        )
        for group in campaign.dataset.roster.groups
    ]
    return OpenTable("counties", "县区", columns, rows, ("name",))


def _seats(campaign: Campaign) -> OpenTable:
    columns = (
        OpenColumn("county", "县(市)"), OpenColumn("role", "组内身份"),
        OpenColumn("posts", "职务"), OpenColumn("person", "姓名"),
        OpenColumn("leads_guidance", "业务指导组组长", FLAG),
    )  # fmt: skip
    rows = [
        (group.county.name, seat.role, "、".join(seat.posts), seat.person, seat.leads_guidance)
        for group in campaign.dataset.roster.groups
        for seat in group.memberships
    ]
    return OpenTable("seats", "督战组职务", columns, rows, county="county")


# ---------------------------------------------------------------- the ledger, day by day


def _issue_states(campaign: Campaign, days: Sequence[dt.date]) -> Iterator[OpenTable]:
    """The ledger's rows as they were read, and from when to when each issue stood how."""
    ledger = campaign.ledger
    names = [county.name for county in ledger.counties]
    whose = ledger.facts.county
    columns = (
        OpenColumn("row", "行号", COUNT), OpenColumn("county", "县(市)"),
        OpenColumn("file", "文件"), OpenColumn("sheet", "工作表"), OpenColumn("line", "行", COUNT),
        *(OpenColumn(name, name) for name in _texts(ledger.cells)),
    )  # fmt: skip
    places = [
        (source.file, source.table.sheet, line)
        for source in ledger.sources
        for line in source.table.lines(np.arange(source.table.cells.num_rows))
    ]
    texts = [ledger.cells[name].to_pylist() for name in _texts(ledger.cells)]
    cells = zip(*texts, strict=True) if texts else ()
    rows: list[tuple[Value, ...]] = [
        (row, names[whose[row]], *place, *(text or None for text in told))
        for row, (place, told) in enumerate(zip(places, cells, strict=True))
    ]
    yield OpenTable("ledger", "台账（照原文）", columns, rows, ("row",), "county")
    history = issue_history(ledger.facts, days)
    yield OpenTable(
        "issue_states",
        "每件问题哪天起到哪天是什么状态",
        (
            OpenColumn("row", "行号", COUNT), OpenColumn("county", "县(市)"),
            OpenColumn("id", "编号"), OpenColumn("state", "状态", words=tuple(_STATES.values())),
            OpenColumn("first_day", "从哪天", DAY), OpenColumn("last_day", "到哪天", DAY),
        ),
        [
            (row, names[county], ledger.cells[col.ID][row].as_py() or None, state, *span)
            for row, county, states in zip(
                history.rows.tolist(), history.county.tolist(), history.states, strict=True
            )
            for state, *span in _runs(states, days)
        ],
        ("row", "first_day"),
        "county",
    )  # fmt: skip


def _texts(cells: pa.Table) -> list[str]:
    return [name for name in cells.column_names if name != col.COUNTY]


def _runs(
    states: np.ndarray[tuple[int, ...], np.dtype[np.int8]], days: Sequence[dt.date]
) -> Iterator[tuple[str, dt.date, dt.date]]:
    """State, first and last day of each run of days on which an issue stands alike."""
    turns = np.flatnonzero(np.diff(states)) + 1
    firsts = [0, *turns.tolist()]
    for first, end in zip(firsts, [*firsts[1:], len(days)], strict=True):
        if states[first] != ABSENT:
            yield _STATES[int(states[first])], days[first], days[end - 1]


# ---------------------------------------------------------------- record files


def _records(campaign: Campaign) -> Iterator[OpenTable]:
    """The record files as they were read; what cannot be read stands among the problems."""
    dataset = campaign.dataset
    dates = reading_of(dataset.rules).dates
    for file in col.RECORD_COLUMNS:
        path = dataset.root / file
        if not path.exists():
            continue
        layout = record_layout(file, dataset.rules, dataset.roster)
        try:
            found = read_tables(path, layout, dates)
        except RefusedFileError:
            continue
        names = tuple(dict.fromkeys(n for table in found for n in table.cells.column_names))
        rows: Iterable[dict[str, str]] = (row for t in found for row in t.cells.to_pylist())
        yield OpenTable(
            file.removesuffix(".csv"),
            file,
            tuple(OpenColumn(name, name) for name in names),
            [tuple(row.get(name) or None for name in names) for row in rows],
        )
