"""What was put on record after a day and betters it stands in the reports of that day, by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from small import FUNING, Calls

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "编号,问题描述,地点,发现日期,整改期限,整改完成日期,销号日期,退回日期,核验人,申请延期至"
ROWS = (
    "1,甲,一街,2021-05-20,2021-06-10,,,,,2021-07-31",
    "2,乙,二街,2021-05-20,2021-06-10,2021-06-05,2021-06-06,,丁四,",
    "3,丙,三街,2021-05-20,已完成,,,,,",
)


class Office(Calls):
    """Commands on different days."""

    patch: pytest.MonkeyPatch

    def on(self, day: str, *arguments: str) -> None:
        """Run a command on a day; all that is asked is asked later."""
        self.patch.setenv("DUZHAN_TODAY", day)
        self(*arguments)
        self.patch.setenv("DUZHAN_TODAY", "2021-07-15")

    def quality(self, week: str = "2021-W24") -> dict[str, Any]:
        """数据质量 of 富宁县 in a week's report."""
        told = json.loads(self.done("weekly-report", "--week", week, "--format", "json").out)
        found: dict[str, Any] = next(q for q in told["quality"] if q["county"] == "富宁县")
        return found

    def told(self, week: str = "2021-W24") -> list[tuple[str, str | None, list[str]]]:
        """Kind, 编号 and gains of each correction."""
        every = self.quality(week)["corrections"]
        return [(one["kind"], one["id"], one["gains"]) for one in every]


@pytest.fixture
def office(
    dataset: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    calls = Office(dataset, capsys)
    calls.patch = monkeypatch
    path = dataset.parent / "富宁县.csv"
    path.write_text("\n".join((HEADER, *ROWS)), "utf-8")
    calls.on("2021-06-15", "import", str(path))
    return calls


def test_what_stood_on_record_on_the_day_is_no_correction(office: Office) -> None:
    assert office.quality()["corrections"] == []
    assert office.quality()["first_import"] is None


def test_a_first_import_is_only_counted(office: Office) -> None:
    told = office.quality("2021-W23")

    assert told["corrections"] == []
    assert told["first_import"] == {"day": "2021-06-15", "issues": 3}
    report = office.done("weekly-report", "--week", "2021-W23").out
    assert "以后首次收到清单的：富宁县（2021-06-15，3件）。" in report


def test_late_closings_corrections_and_withdrawals_are_named_with_who_and_why(
    office: Office,
) -> None:
    why = ("--reason", "底稿写错")
    office.on("2021-07-01", "close", "1", "--on", "2021-06-18", "--by", "赵六")
    office.on(
        "2021-07-02", "amend", "3", "整改期限", "2021-06-30", "--by", "钱七", "--correction", *why
    )
    office.on("2021-07-03", "withdraw", "2", "--by", "钱七", "--reason", "重复报送")
    office.on("2021-07-04", "close", "3", "--on", "2021-07-04", "--by", "赵六")

    assert office.told() == [
        ("补录", "1", ["closed"]),
        ("更正", "3", ["valid", "dated"]),
        ("撤销", "2", ["gone"]),
    ]
    text = office.done("weekly-report", "--week", "2021-W24", "--format", "txt").out
    assert "补录1条、更正1条、撤销1条" in text
    assert "赵六" in text
    assert "底稿写错" in text
    page = office.done("status", "--county", "富宁", "--as-of", "2021-06-20").out
    assert "撤销" in page
    assert "重复报送" in page
    # What came later says nothing of an earlier day, and nothing of its own.
    assert [kind for kind, *_ in office.told("2021-W23")] == ["更正", "撤销"]
    assert office.told("2021-W26") == []


def test_late_rows_of_the_record_files_are_named_too(office: Office) -> None:
    score = ("--assessor", "州级", "--points", "735", "--by", "赵六")
    office.on("2021-07-01", "record", "score", "--county", "富宁", "--date", "2021-06-18", *score)
    office.on(
        "2021-07-01", "extend", "1", "--to", "2021-07-31", "--by", "李处长", "--on", "2021-06-16",
        "--reason", "雨季停工",
    )  # fmt: skip

    assert office.told() == [("补录", None, []), ("补录", "1", [])]
    text = office.done("weekly-report", "--week", "2021-W24").out
    assert "2021-06-18州级评分735分" in text
    assert "| 富宁县 | 补录 | 1 | 2021-06-16批准延期至2021-07-31 | 李处长 | 雨季停工 |" in text
    assert office.told("2021-W23") == []


def test_a_list_that_brings_closed_issues_late_is_named_by_its_file(
    office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "富宁县 第二批.csv"
    rows = [
        "1,甲,一街,2021-05-20,2021-06-10,2021-06-17,,,,",
        "4,丁,四街,2021-06-01,2021-06-10,2021-06-05,2021-06-06,,丁四,",
        "5,戊,五街,2021-06-01,2021-06-30,,,,,",
    ]
    path.write_text("\n".join((HEADER, *rows)), "utf-8")
    office.on("2021-07-01", "import", str(path))

    assert office.told() == [("补录", "1", ["claimed"]), ("补录", "4", ["came-closed"])]
    assert "清单 富宁县 第二批.csv" in office.done("weekly-report", "--week", "2021-W24").out


def test_a_ledger_changed_outside_is_told_with_the_counts_before_and_after(
    office: Office,
) -> None:
    path = office.folder / FUNING
    text = path.read_text("utf-8-sig")
    path.write_text(text.replace("2021-06-10,,,,", "2021-06-10,,2021-06-11,,"), "utf-8-sig")

    unnoticed = office.quality()["outside"]
    office.on("2021-07-01", "close", "3", "--on", "2021-07-01", "--by", "赵六")
    noticed = office.quality()["outside"]

    assert (unnoticed["before"]["closed"], unnoticed["after"]["closed"]) == (1, 2)
    assert noticed["noticed"].startswith("2021-07-01")
    assert (noticed["before"]["closed"], noticed["after"]["closed"]) == (1, 2)
    told = office.done("weekly-report", "--week", "2021-W24").out
    assert "按变更记录3件、已销号1件、超期1件，现在3件、已销号2件、超期0件。" in told


def test_requests_withdrawals_and_ignored_entries_are_listed(office: Office) -> None:
    office.on("2021-06-16", "withdraw", "2", "--by", "钱七", "--reason", "重复报送")
    with (office.folder / "extensions.csv").open("a", encoding="utf-8") as file:
        file.write("9,富宁县,,,2021-08-15,要修管网,张三,2021-06-17,,\n")
        file.write("9,富宁县,,,2021-08-15,要修管网,张三,2021-07-17,,\n")
    told = office.quality()

    assert [one["asked"] for one in told["requests"]] == ["2021-07-31"]
    assert [one["reason"] for one in told["taken_out"]] == ["2021-06-16 钱七：重复报送"]
    assert len(told["ignored"]) == 1
    text = office.done("weekly-report", "--week", "2021-W24").out
    assert "县里申请延期、没有批准的1件：富宁县1申请延至2021-07-31（期限仍为6月10日）。" in text
    office.on(
        "2021-06-18", "extend", "1", "--to", "2021-07-31", "--by", "李处长", "--on", "2021-06-18",
        "--reason", "雨季停工",
    )  # fmt: skip
    assert office.quality()["requests"] == []


def test_who_verifies_himself_and_words_that_contradict_are_counted(
    dataset: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUZHAN_TODAY", "2021-07-15")
    (dataset / FUNING).write_text(
        "编号,问题描述,责任人,发现日期,整改期限,销号日期,核验人,整改情况\n"
        "1,甲,张三,2021-05-20,2021-06-10,2021-06-11,张三,\n"
        "2,乙,张三,2021-05-20,2021-06-10,2021-06-11,李四,整改中\n"
        "3,丙,张三,2021-05-20,2021-06-10,,,已完成\n",
        "utf-8",
    )
    office = Office(dataset, capsys)
    told = office.quality()

    assert (told["self_verified"], told["state_conflicts"]) == (1, 1)
    assert told["claims_without_date"] == 1
    text = office.done("weekly-report", "--week", "2021-W24").out
    for title in ("核验人即责任人", "状态矛盾", "县报已完成而无日期"):
        assert title in text
