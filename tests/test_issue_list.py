"""Lists of issues kept as columns: they give what the lines give one by one."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import EXAMPLES
from duzhan import columns as col
from duzhan.compliance import issue_list
from duzhan.compliance.filters import Filters
from duzhan.compliance.issue_list import IssueList
from duzhan.compliance.waiting_claims import WaitingList
from duzhan.intake.foreign import xlsx as xlsx_reader
from duzhan.intake.safety import csv_line, defuse
from duzhan.intake.text import squash
from duzhan.model import Wording
from duzhan.report.json.issues import ListedIssues, issues_json
from duzhan.report.json.writing import written
from duzhan.report.pages.issues import issues_page, overdue_page
from duzhan.report.pages.plain import render
from duzhan.report.sheets import issues as sheets
from duzhan.report.words import STATES
from duzhan.visible import visible_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from duzhan.compliance.issue_list import IssueLine

DAY = dt.date(2021, 6, 25)
NAMES = ("文山市", '"县\\')
PIECES = (
    *("", " ", "扫厕所", "扫 厕所", "=1+1", "'=1", "-3", '"引号"', "a,b", "x;=1", "\\", "两\n行"),
    *("\x1b[31m", "\x7f", "\u202e倒", "\u2028", "全角ＡＢＣ１", "\u3000", "\t", "😀", "第１处"),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=3).map("".join)
COLUMNS = (*col.ISSUE_COLUMNS, col.COUNTY, col.PROGRESS, '自有"列')


def made(seed: int) -> IssueList:
    """A list of up to seven issues, taken from a table of nine rows."""
    chance = np.random.default_rng(seed)
    count = chance.integers(8)

    def text(_: int) -> str:
        return "".join(chance.choice(PIECES, chance.integers(4)))

    def numbers(values: Sequence[int], kind: type[np.integer]) -> NDArray[Any]:
        return chance.choice(values, count).astype(kind)

    days = [0, *(DAY.toordinal() + back for back in (-40, -1, 0, 1, 9))]
    return IssueList(
        cells=pa.table(
            {
                name: pa.chunked_array(
                    [[*map(text, range(4))], [*map(text, range(5))]], pa.string()
                )
                for name in COLUMNS
            }
        ),
        rows=numbers(range(9), np.int64),
        names=NAMES,
        county=np.sort(numbers([0, 1], np.int16)),
        state=numbers([0, 1, 2], np.int8),
        found=numbers(days, np.int32),
        due=numbers(days, np.int32),
        original=numbers(days, np.int32),
        extensions=numbers([0, 1, 2], np.int64),
        day=DAY.toordinal(),
    )


LISTS = st.integers(0, 1 << 30).map(made)


@given(issues=LISTS)
@settings(max_examples=EXAMPLES // 2, deadline=None)
def test_a_long_list_is_the_json_that_its_lines_are(issues: IssueList) -> None:
    days = np.arange(len(issues))
    document = {
        "as_of": "2021-06-25",
        "told": [{"notice": "示例"}],
        "issues": ListedIssues(issues, {"days_waiting": days}),
        "end": {},
    }
    plain = {
        **document,
        "issues": [
            {**issue, "days_waiting": waited}
            for waited, issue in enumerate(issues_json(issues, DAY)["issues"])
        ],
    }

    for indent in (None, 1):
        text = visible_json(json.dumps(plain, ensure_ascii=False, indent=indent))
        assert "".join(written(document, indented=indent is not None)) == text


@given(issues=LISTS)
@settings(max_examples=EXAMPLES // 2, deadline=None)
def test_a_csv_of_a_list_holds_its_lines(
    issues: IssueList, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("csv") / "list.csv"

    sheets.write_csv(path, issues, None)

    with path.open(encoding="utf-8-sig", newline="") as file:
        text = file.read()
    assert text == "".join(csv_line(row) for row in (sheets.HEADERS, *map(_cells, issues)))


def test_a_workbook_goes_on_in_further_sheets_and_its_texts_are_what_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "LAST_ROW", 4)
    path, texts = tmp_path / "list.xlsx", ("<r>甲</r>", "_x0041_x0042_", "a_x000D_b")
    line = made(7)[0]
    lines = [replace(line, description=text) for text in texts]

    sheets.write_xlsx(path, lines, "问题", DAY, None)

    read = xlsx_reader.read(path, 1 << 20)
    assert [sheet.name for sheet in read] == ["问题清单", "问题清单2"]
    assert [row[2] for sheet in read for row in sheet.rows[2:]] == list(texts)


def _cells(line: IssueLine) -> tuple[str, ...]:
    late = line.days_overdue
    texts = (
        line.county, line.id or "", line.description, line.location, line.action, line.source,
        line.unit, line.person, _iso(line.found_on), _iso(line.due_on), STATES[line.state],
    )  # fmt: skip
    return (*map(defuse, texts), "" if late is None else str(late), defuse(line.remark))


def _iso(day: dt.date | None) -> str:
    return "" if day is None else day.isoformat()


@given(
    issues=LISTS,
    state=st.sampled_from((None, "open", "claimed", "closed", "overdue")),
    asked=st.fixed_dictionaries(
        {name: st.none() | TEXTS for name in ("action", "source", "unit", "text")}
    ),
)
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_filter_keeps_the_lines_that_have_all_that_is_asked_for(
    issues: IssueList, state: str | None, asked: dict[str, str | None]
) -> None:
    kept = Filters(state, **asked).apply(issues)

    assert list(kept) == [line for line in issues if _suits(line, state, asked)]


def _suits(line: IssueLine, state: str | None, asked: dict[str, str | None]) -> bool:
    whole = f"{line.id or ''}\n{line.description}\n{line.location}\n{line.remark}"
    late = (line.days_overdue or 0) > 0
    return (
        state in (None, line.state.value, "overdue" if late else None)
        and all(
            asked[name] is None or squash(asked[name] or "") == squash(getattr(line, name))
            for name in ("action", "source")
        )
        and all(
            asked[name] is None or squash(asked[name] or "") in squash(text)
            for name, text in (("unit", line.unit), ("text", whole))
        )
    )


@given(issues=LISTS)
@settings(max_examples=15, deadline=None)
def test_parts_of_a_list_are_the_parts_of_its_lines(issues: IssueList) -> None:
    every = list(issues)
    claims = WaitingList(issues, np.arange(len(issues)))

    assert len(issues) == len(every)
    assert list(issues[1:3]) == every[1:3]
    assert [issues[at] for at in range(len(issues))] == every
    assert list(issues.of(NAMES[1])) == [line for line in every if line.county == NAMES[1]]
    assert [(one.issue, one.days) for one in claims] == [
        (line, at) for at, line in enumerate(every)
    ]
    assert [one.issue for one in claims.of(NAMES[0])] == list(issues.of(NAMES[0]))
    assert list(claims[:2]) == [claims[at] for at in range(min(2, len(every)))]


@pytest.mark.parametrize("seed", range(12))
def test_a_page_and_a_json_made_in_parts_are_those_of_the_whole_list(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    issues = made(seed)

    def told() -> list[str]:
        wording = Wording()
        return [
            render(overdue_page(issues, DAY, None, None)),
            render(issues_page(issues, 9, DAY, wording, "示例")),
            "".join(written({"issues": ListedIssues(issues)}, indented=True)),
        ]

    whole = told()
    monkeypatch.setattr(issue_list, "_AT_ONCE", 2)
    assert told() == whole
