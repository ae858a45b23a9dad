"""Three lists one after the other, with closings between: who is who, and what is found again.

Each list numbers its problems as it likes, from 1 again, under other words, or not at all.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import identity_model as model
from conftest import read_json
from small import FUNING, Calls
from test_import_laws import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

from made import create

LAW = settings(
    max_examples=int(os.environ.get("DUZHAN_LAWS", "3")),
    deadline=None,
    # To look for the smallest list takes minutes, and a list has four rows at most.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
DAYS = ("2021-06-07", "2021-06-14", "2021-06-21")
HEADER = ("编号", "问题描述", "地点", "发现日期", "整改期限", "责任单位", "网格")


class Row(NamedTuple):
    """A row as a county sends it."""

    id: str
    words: str
    place: str
    found: str
    due: str
    unit: str
    own: str


ROWS = st.builds(
    Row,
    st.sampled_from(["", "1", "2", "3"]),
    st.sampled_from(["垃圾未清", "垃圾 未清。", "污水横流", "公厕无水"]),
    st.sampled_from(["", "北街", "南街"]),
    st.sampled_from(["", "2021-06-01", "2021-06-05"]),
    st.sampled_from(["", "2021-06-06", "2021-06-30"]),
    st.sampled_from(["", "城管局", "住建局"]),
    st.sampled_from(["", "一网格", "二网格"]),
)


def distinct(rows: Sequence[Row]) -> list[Row]:
    """No two rows that are one issue (SPEC section 3)."""
    seen, kept = set(), []
    for row in rows:
        words = (row.words.replace(" ", ""), row.place)
        key = (row.id, *words) if row.id else (*words, row.found, row.unit, row.own)
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return kept


LISTS = st.lists(st.lists(ROWS, min_size=1, max_size=4).map(distinct), min_size=3, max_size=3)


class County:
    """A dataset, and what the county and the office do to it."""

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch
    ) -> None:
        self.root, self.desk = folder / "ds", folder / "desk"
        self.desk.mkdir()
        create(self.root, sample=False)
        self.call = Calls(self.root, capsys)
        self._patch = patch

    def day(self, day: str) -> None:
        self._patch.setenv("DUZHAN_TODAY", day)

    def send(self, rows: Sequence[Row], *options: str) -> dict[str, Any]:
        path = self.desk / "富宁县.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADER, *rows])
        answer = read_json(self.call("import", "--json", *options, str(path)).out)
        (entry,) = answer["files"]
        assert sum(entry[outcome] for outcome in OUTCOMES) == entry["rows"] == len(rows)
        found: dict[str, Any] = entry
        return found

    @property
    def ledger(self) -> list[dict[str, str]]:
        path = self.root / FUNING
        if not path.exists():
            return []
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))


def ordinal(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal() if text else 0


def of_list(row: Row) -> model.Row:
    return model.Row(
        id=row.id, words=row.words, place=row.place, unit=row.unit, own=row.own,
        found=ordinal(row.found), due=ordinal(row.due),
    )  # fmt: skip


def of_ledger(cells: dict[str, str]) -> model.Row:
    due = ordinal(cells["整改期限"])
    return model.Row(
        id=cells["编号"], words=cells["问题描述"], place=cells["地点"], unit=cells["责任单位"],
        own=cells.get("网格", ""), found=ordinal(cells["发现日期"]), due=due, in_force=due,
        former=tuple(filter(None, cells.get("原编号", "").split("；"))),
        closed_on=ordinal(cells["销号日期"]),
    )  # fmt: skip


def stands(row: Row, cells: dict[str, str]) -> bool:
    """Whether all that a row says is found again in an issue; later dates are not taken."""
    texts = zip(("问题描述", "地点", "责任单位", "网格"), (1, 2, 5, 6), strict=True)
    dates = zip(("发现日期", "整改期限"), (3, 4), strict=True)
    numbers = {cells["编号"], *cells.get("原编号", "").split("；")}
    return (
        all(not row[at] or cells.get(name, "") == row[at] for name, at in texts)
        and all(not row[at] or "" < cells[name] <= row[at] for name, at in dates)
        and (not row.id or row.id in numbers or bool(cells["编号"]))
    )


@LAW
@given(lists=LISTS, data=st.data())
def test_no_list_inherits_a_closure_and_every_cell_is_found_again(
    lists: list[list[Row]],
    data: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        here = County(tmp_path_factory.mktemp("triple"), capsys, patch)
        for day, rows in zip(DAYS, lists, strict=True):
            here.day(day)
            before = here.ledger
            answer = model.assign(list(map(of_list, rows)), list(map(of_ledger, before)))

            backwards = here.send(rows[::-1], "--dry-run")
            entry = here.send(rows)
            after = here.ledger

            told = Counter("known" if isinstance(one, int) else one for one in answer)
            assert (entry["added"], entry["rejected"]) == (told[model.NEW], told[model.FITS_TWO])
            for count in (*OUTCOMES, "missing_closed"):
                assert backwards[count] == entry[count]
            for was, now in zip(before, after, strict=False):
                assert was["销号日期"] == now["销号日期"]
                if was["销号日期"]:
                    assert model.agree(was["地点"], now["地点"])
                    assert model.same(was["问题描述"], now["问题描述"])
            for row, one in zip(rows, answer, strict=True):
                if one != model.FITS_TWO:
                    assert any(stands(row, cells) for cells in after), row
            again = here.send(rows)
            assert (again["added"], again["updated"], here.ledger) == (0, 0, after)
            waiting = [cells["编号"] for cells in after if not cells["销号日期"]]
            if struck := data.draw(st.lists(st.sampled_from(waiting or [""]), unique=True)):
                here.call("close", *filter(None, struck), "--on", day, "--by", "丁四")
                closed = here.ledger
                # A later deadline than the ledger's may be another problem's.
                assert here.send(rows)["added"] == 0 or entry["moved_dates"]
                assert [one["销号日期"] for one in here.ledger] == [
                    one["销号日期"] for one in closed
                ]
