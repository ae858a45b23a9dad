"""close, reopen, amend, record and history: one checked change each, or one clear line."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest

from duzhan.campaign.opening import open_dataset
from duzhan.columns import CLAIMED, CLOSED, ISSUE_COLUMNS, RECORD_COLUMNS, SENT_BACK
from duzhan.dataset.ledger import reading_of
from duzhan.dataset.records import load_records
from duzhan.register.typed_values import add_date
from duzhan.store.canonical_csv import read_rows, rows_bytes
from duzhan.store.journal import JOURNAL, read_journal
from small import (
    FUNING,
    GUANGNAN,
    TODAY,
    Calls,
    assert_replays,
    issue,
    litter,
    row,
    small_dataset,
    snapshot,
)

if TYPE_CHECKING:
    from pathlib import Path

BY = ("--by", "张三")
WHY = ("--by", "李四", "--reason", "录入有误")
SUPERVISION = ("record", "supervision", "--county", "富宁", "--date", "2021-07-14")
SCORE = ("record", "score", "--county", "富宁", "--date", "2021-07-14", "--assessor", "州级")
REPORT = ("record", "report", "--county", "富宁", "--on", "2021-07-14")
TASK = ("record", "deliverable", "--county", "富宁", "--accepted-by", "省爱卫办")


@pytest.fixture
def ds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DUZHAN_TODAY", TODAY)
    return small_dataset(tmp_path / "ds")


@pytest.fixture
def call(ds: Path, capsys: pytest.CaptureFixture[str]) -> Calls:
    return Calls(ds, capsys)


def put(folder: Path, *rows: list[str], file: str = FUNING) -> None:
    """Make these rows the county's list."""
    (folder / file).write_bytes(rows_bytes(ISSUE_COLUMNS, rows))


def last_row(folder: Path, file: str) -> list[str]:
    return read_rows((folder / file).read_bytes())[1][-1]


# ---------------------------------------------------------------- what they do


def test_close_adds_the_date_and_the_verifier(ds: Path, call: Calls) -> None:
    first = snapshot(ds)

    said = call.done("close", "富宁-0002", "--on", "2021-07-01", *BY)

    assert said.out == (
        "富宁县 富宁-0002：销号日期 空 → 2021-07-01，核验人 空 → 张三"
        "（截至2021-07-01：待核验 → 已销号）\n"
    )
    assert said.err == ""
    assert issue(ds, "富宁-0002")[CLOSED] == "2021-07-01"
    assert issue(ds, "富宁-0002")["核验人"] == "张三"
    (line,) = read_journal(ds)
    assert (line.stamp.command, line.entry.by, line.entry.id) == ("close", "张三", "富宁-0002")
    assert line.stamp.time.startswith("2021-07-15T")
    assert_replays(ds, first)


def test_only_the_changed_line_differs(ds: Path, call: Calls) -> None:
    before = (ds / FUNING).read_bytes().splitlines()

    call.done("close", "富宁-0001", "--on", "2021-07-01", *BY)

    after = (ds / FUNING).read_bytes().splitlines()
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_several_issues_of_several_counties_are_closed_together(ds: Path, call: Calls) -> None:
    first = snapshot(ds)

    said = call.done("close", "广南-0002", "富宁-0001", "富宁-0001", "--on", "2021-07-01", *BY)

    assert [line.split("：")[0] for line in said.out.splitlines()] == [
        "广南县 广南-0002",
        "富宁县 富宁-0001",
    ]
    assert len({line.stamp.transaction for line in read_journal(ds)}) == 1
    assert_replays(ds, first)


def test_one_issue_that_cannot_be_closed_keeps_all_as_they_are(ds: Path, call: Calls) -> None:
    first = snapshot(ds)

    said = call("close", "富宁-0001", "富宁-0003", "广南-9", "--on", "2021-07-01", *BY)

    assert said.code == 1
    assert said.err.count("\n") == 1
    assert snapshot(ds) == first
    said = call("close", "富宁-0001", "富宁-0003", "--on", "2021-07-01", *BY)
    assert "富宁-0003 已于 2021-06-12 销号" in said.err
    assert snapshot(ds) == first


def test_reopen_adds_the_date_and_keeps_the_reason(ds: Path, call: Calls) -> None:
    first = snapshot(ds)

    said = call.done("reopen", "富宁-0003", "--on", "2021-07-01", "--reason", "复查仍有占道")

    assert "已销号 → 未整改" in said.out
    assert issue(ds, "富宁-0003")[SENT_BACK] == "2021-07-01"
    assert issue(ds, "富宁-0003")["备注"] == "2021-07-01 退回：复查仍有占道"
    (line,) = read_journal(ds)
    assert line.entry.reason == "复查仍有占道"
    assert_replays(ds, first)


def test_an_issue_goes_round_more_than_once(ds: Path, call: Calls) -> None:
    call.done("reopen", "富宁-0003", "--on", "2021-06-20", "--reason", "一")
    call.done("close", "富宁-0003", "--on", "2021-06-25", *BY)
    call.done("reopen", "富宁-0003", "--on", "2021-07-01", "--reason", "二", *BY)
    call.done("close", "富宁-0003", "--on", "2021-07-05", "--by", "钱七")

    cells = issue(ds, "富宁-0003")
    assert cells[CLOSED] == "2021-06-12；2021-06-25；2021-07-05"
    assert cells[SENT_BACK] == "2021-06-20；2021-07-01"
    assert cells["核验人"] == "赵六；张三；钱七"
    assert cells["备注"] == "2021-06-20 退回：一；2021-07-01 退回：二"


@pytest.mark.parametrize(
    ("column", "value", "written"),
    [
        ("问题描述", " 换了说法\r\n第二行 ", "换了说法\n第二行"),
        ("备注", "=SUM(A1)", "=SUM(A1)"),
        ("整改时限", "6月20日", "2021-06-20"),
        ("整改完成日期", "2021/7/1、2021.6.15", "2021-06-15；2021-07-01"),
        ("专项行动", "清垃圾专项行动", "清垃圾"),
        ("编号", "富宁-0100", "富宁-0100"),
    ],
)
def test_amend_replaces_one_cell(
    ds: Path, call: Calls, column: str, value: str, written: str
) -> None:
    first = snapshot(ds)

    call.done("amend", "富宁-0001", column, value, *WHY)

    (line,) = read_journal(ds)
    (change,) = line.entry.changes
    assert (line.entry.by, line.entry.reason, change.new) == ("李四", "录入有误", written)
    identifier = "富宁-0100" if column == "编号" else "富宁-0001"
    assert issue(ds, identifier)[change.column] == written
    assert_replays(ds, first)


def test_an_empty_value_erases_a_cell(ds: Path, call: Calls) -> None:
    said = call.done("amend", "富宁-0003", CLOSED, "", *WHY)

    assert "销号日期 2021-06-12 → 空（截至2021-07-15：已销号 → 待核验）" in said.out
    assert CLOSED not in issue(ds, "富宁-0003")


def test_a_closure_before_a_milestone_that_has_passed_is_said_to_be_late(call: Calls) -> None:
    said = call.done("close", "富宁-0001", "--on", "2021-06-30", *BY)

    assert said.err == "补录：6月底前的节点（2021-06-30）已过，才录入 2021-06-30 的销号\n"


def test_ids_are_found_whatever_their_width_and_spaces(ds: Path, call: Calls) -> None:
    call.done("close", " 富宁－０００１", "--on", "2021-07-01", *BY)

    assert issue(ds, "富宁-0001")[CLOSED] == "2021-07-01"


def test_dates_are_added_in_order_and_once(ds: Path) -> None:
    dates = reading_of(open_dataset(ds).rules).dates
    day = dt.date(2021, 6, 20)

    assert add_date("", day, dates) == "2021-06-20"
    assert add_date("无", day, dates) == "2021-06-20"
    assert add_date("2021/6/25、2021/6/1", day, dates) == "2021-06-20；2021/6/25；2021/6/1"
    assert add_date("6月1日\n6月25日", day, dates) == "6月1日；2021-06-20；6月25日"
    assert add_date("2021/6/20", day, dates) == "2021/6/20"


# ---------------------------------------------------------------- what they refuse


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ("富宁-0001", "--on", "2021-07-16"),
            2,
            "--on 的 2021-07-16 还没有到（今天是 2021-07-15）",
        ),
        (("富宁-0001", "--on", "2021-04-30"), 2, "不在行动期（2021-05-01 至 2021-12-31）内"),
        (("富宁-0001", "--on", "2021-05-31"), 1, "2021-05-31 早于发现日期 2021-06-01"),
        (("富宁-0001", "--on", "7/8"), 2, "“7/8”分不清月和日"),
        (("富宁-0001", "--on", "2021-06-31"), 2, "没有这一天"),
        (("富宁-0003", "--on", "2021-06-12"), 1, "已于 2021-06-12 销号"),
        (("富宁-0003", "--on", "2021-07-01"), 1, "不再重复销号"),
        (("富宁-0002", "--on", "2021-06-05"), 1, "之后又有整改完成日期，其间没有退回日期"),
        (("富宁-0009", "--on", "2021-07-01"), 1, "没有编号为“富宁-0009”的问题，是不是“富宁-000"),
        (("xyz", "--on", "2021-07-01"), 1, "没有编号为“xyz”的问题"),
        (("", "--on", "2021-07-01"), 1, "编号是空的"),
        (("富宁-0001", "--on", "2021-07-01", "--county", "广南"), 1, "广南县的清单里没有编号为"),
        (("富宁-0001", "--on", "2021-07-01", "--county", "昆明"), 2, "没有“昆明”这个县（市）"),
    ],
)
def test_close_refuses_what_cannot_be(
    ds: Path, call: Calls, arguments: tuple[str, ...], code: int, said: str
) -> None:
    first = snapshot(ds)

    result = call("close", *arguments, *BY)

    assert (result.code, result.out) == (code, "")
    assert said in result.err
    assert result.err.count("\n") == 1
    assert snapshot(ds) == first


@pytest.mark.parametrize("by", ["", " ", "无"])
def test_a_verifier_must_be_somebody(call: Calls, by: str) -> None:
    result = call("close", "富宁-0001", "--on", "2021-07-01", "--by", by)

    assert (result.code, result.err) == (2, "--by 不能是空的\n")


@pytest.mark.parametrize(
    ("identifier", "on", "said"),
    [
        ("富宁-0001", "2021-07-01", "没有报过整改完成，也没有销号，没有可退回的"),
        ("富宁-0002", "2021-06-09", "没有可退回的"),
        ("富宁-0002", "2021-05-31", "早于发现日期"),
        ("富宁-0005", "2021-07-01", "已于 2021-06-20 退回，此后到 2021-07-01 没有再报完成"),
    ],
)
def test_reopen_refuses_what_cannot_be(
    ds: Path, call: Calls, identifier: str, on: str, said: str
) -> None:
    _, rows = read_rows((ds / FUNING).read_bytes())
    sent_back = {CLAIMED: "2021-06-10", SENT_BACK: "2021-06-20"}
    put(ds, *rows, row("富宁-0005", **sent_back))
    first = snapshot(ds)

    result = call("reopen", identifier, "--on", on, "--reason", "复查")

    assert result.code == 1
    assert said in result.err
    assert snapshot(ds) == first


def test_closing_on_the_day_of_a_return_is_refused(ds: Path, call: Calls) -> None:
    put(ds, row("a", **{CLAIMED: "2021-06-10", SENT_BACK: "2021-06-20"}))

    result = call("close", "a", "--on", "2021-06-20", *BY)

    assert (result.code, "在 2021-06-20 当天被退回" in result.err) == (1, True)


@pytest.mark.parametrize("column", [CLOSED, SENT_BACK])
def test_a_date_is_not_added_beside_one_that_cannot_be_read(
    ds: Path, call: Calls, column: str
) -> None:
    put(ds, row("a", **{CLAIMED: "2021-06-10", column: "已完成"}))

    result = call("close", "a", "--on", "2021-07-01", *BY)

    assert result.code == 1
    assert f"a 的“{column}”现为“已完成”，读不懂或不可能；请先用 duzhan amend 改正" in result.err
    call.done("amend", "a", column, "", *WHY)
    call.done("close", "a", "--on", "2021-07-01", *BY)


@pytest.mark.parametrize(
    ("column", "value", "code", "said"),
    [
        ("进度", "一半", 2, "台账没有“进度”这一列"),
        ("专项行动", "扫厕", 2, "“扫厕”不在词表中，是不是“扫厕所”？"),
        ("问题来源", "国家", 2, "不在词表中"),
        ("整改期限", "尽快", 2, "“尽快”不是日期"),
        ("整改期限", "2021-05-31", 1, "“整改期限”早于发现日期"),
        ("整改期限", "2021-08-20", 1, "duzhan extend"),
        ("整改期限", "2021-07-01", 1, "本来就是“2021-07-01”，没有改动"),
        ("备注", "", 1, "本来就是空的，没有改动"),
        ("发现日期", "2021-07-16", 2, "还没有到"),
        ("发现日期", "2021-07-02", 1, "“整改期限”早于发现日期"),
        ("销号日期", "2021-06-05；2021-07-20", 2, "“销号日期”的 2021-07-20 还没有到"),
        ("退回日期", "2021-06-20", 1, "“退回日期”此前没有整改完成日期或销号日期"),
        ("编号", "富宁－0002", 1, "富宁县已有编号为“富宁－0002”的问题"),
        ("编号", "", 1, "“编号”不能清空"),
        ("问题描述", "/", 1, "“问题描述”不能清空"),
        ("备注", "#REF!", 1, "单元格是公式错误"),
        ("备注", "字" * 40_000, 1, "超过 32767 个"),
        ("备注", "一\n" + "1," * 13, 1, "读不出来"),
        ("备注", "\udcff", 2, "不能写成 UTF-8"),
    ],
)
def test_amend_refuses_what_cannot_be(
    ds: Path, call: Calls, column: str, value: str, code: int, said: str
) -> None:
    first = snapshot(ds)

    result = call("amend", "富宁-0001", column, value, *WHY)

    assert (result.code, result.out) == (code, "")
    assert said in result.err
    assert result.err.count("\n") == 1
    assert snapshot(ds) == first


def test_a_row_that_would_be_taken_for_a_sum_is_refused(ds: Path, call: Calls) -> None:
    put(ds, ["合计", "12", *[""] * 5, "2021-06-01", *[""] * 6])

    result = call("amend", "合计", "发现日期", "", *WHY)

    assert result.code == 1
    assert "会被当成填报人、合计之类的行跳过" in result.err


# ---------------------------------------------------------------- which file


def test_an_issue_in_a_file_dropped_in_has_to_be_imported_first(ds: Path, call: Calls) -> None:
    (ds / FUNING).rename(ds / "issues" / "富宁县 第二批.csv")

    result = call("close", "富宁-0001", "--on", "2021-07-01", *BY)

    assert result.code == 1
    assert "富宁-0001 在 issues/富宁县 第二批.csv 里" in result.err
    assert "duzhan import" in result.err


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: "富宁县问题清单\n" + text, "表头上面还有标题行"),
        (lambda text: text + "填报人：张三,,,,,,,,,,,,,\n", "有1行不是数据"),
        (lambda text: text.replace("备注", "点位", 1), "有两列是一个意思（“地点”“点位”）"),
        (lambda text: text + "a-1,b,c,,,,,,,,,,,,多\n", "第7行的格数比表头多"),
        (
            lambda text: text.replace(",备注", ",县区", 1).replace("赵六,", "赵六,广南县"),
            "不是富宁县",
        ),
    ],
)
def test_a_list_with_more_than_a_ledger_holds_is_not_rewritten(
    ds: Path, call: Calls, change: object, why: str
) -> None:
    assert callable(change)
    text = (ds / FUNING).read_text("utf-8-sig")
    (ds / FUNING).write_text(change(text), "utf-8-sig")
    first = snapshot(ds)

    result = call("close", "富宁-0001", "--on", "2021-07-01", *BY)

    assert result.code == 1
    assert why in result.err
    assert snapshot(ds) == first


def test_a_list_saved_by_excel_is_taken_over_and_said_so(ds: Path, call: Calls) -> None:
    text = (ds / FUNING).read_text("utf-8-sig")
    header = text.split("\n", 1)[0]
    body = text.replace(header, "序号,县区," + header.replace("备注", "说明"), 1)
    lines = [
        line if at == 0 or not line.startswith("富宁") else f"{at},富宁县,{line}"
        for at, line in enumerate(body.split("\n"))
    ]
    (ds / FUNING).write_bytes("\r\n".join(lines).encode("gb18030"))

    call.done("close", "富宁-0001", "--on", "2021-07-01", *BY)

    canonical, changed = read_journal(ds)
    assert (canonical.entry.action, changed.entry.action) == ("adopted", "changed")
    assert (ds / FUNING).read_text("utf-8-sig") == text.replace(
        "2021-07-01,,,,,\n", "2021-07-01,,2021-07-01,,张三,\n", 1
    )


def test_an_id_that_stands_twice_is_not_guessed(ds: Path, call: Calls) -> None:
    put(ds, row("a"), row("a", 地点="别处"))
    put(ds, row("b"), file=GUANGNAN)

    twice = call("close", "a", "--on", "2021-07-01", *BY)
    assert "编号“a”有2行：issues/富宁县.csv 第2行、issues/富宁县.csv 第3行" in twice.err

    put(ds, row("b"))
    both = call("close", "b", "--on", "2021-07-01", *BY)
    assert "请用 --county 指明" in both.err
    call.done("close", "b", "--on", "2021-07-01", *BY, "--county", "广南")
    assert CLOSED in issue(ds, "b", GUANGNAN)
    assert CLOSED not in issue(ds, "b")


def test_a_list_that_cannot_be_read_is_named_when_an_id_is_not_found(ds: Path, call: Calls) -> None:
    (ds / FUNING).write_bytes(b"")

    result = call("close", "富宁-0001", "--on", "2021-07-01", *BY)

    assert "（另有文件没有读成：issues/富宁县.csv）" in result.err


# ---------------------------------------------------------------- record


def test_record_appends_rows_that_count(ds: Path, call: Calls) -> None:
    first = snapshot(ds)

    call.done(*SUPERVISION, "--method", "实地", "--method", "随机督战", "--leader", "副州长 玉荣")
    call.done(*SCORE, "--points", "802.5", "--milestone", "2021-07", "--remark", "=复评")
    call.done(*REPORT, "--week", "2021-W28", "--to-group", "--analysis", "--copied-office", *BY)
    call.done(*TASK, "--on", "2020-12-01", "--task", "病媒生物防制通过省级验收")

    assert last_row(ds, "supervision.csv")[:4] == [
        "2021-07-14",
        "富宁县",
        "实地督战、随机督战",
        "副州长 玉荣",
    ]
    assert last_row(ds, "scores.csv") == [
        *("2021-07-14", "富宁县", "州级", "802.5", "2021-07", "=复评")
    ]
    assert last_row(ds, "county_reports.csv")[2:] == ["2021-07-14", "是", "是", "是", "否", ""]
    assert last_row(ds, "deliverables.csv")[2:4] == ["2020-12-01", "省爱卫办"]
    dataset = open_dataset(ds)
    records, problems = load_records(ds, dataset.roster, dataset.rules)
    assert problems == []
    assert len(records.scores) == 2
    assert records.supervisions[0].on_site
    assert records.supervisions[0].at_random
    assert not records.reports[0].complete
    assert [line.entry.by for line in read_journal(ds)] == [None, None, "张三", None]
    assert_replays(ds, first)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*SUPERVISION, "--method", "微信"), "“微信”不在词表中"),
        ((*SUPERVISION, "--method", ""), "不在词表中"),
        ((*SCORE, "--points", "1200"), "--points 的“1200”应是 0 至 1000 的数字"),
        ((*SCORE, "--points", "-1"), "应是 0 至 1000 的数字"),
        ((*SCORE, "--points", "优"), "应是 0 至 1000 的数字"),
        ((*SCORE, "--points", "800", "--milestone", "7月"), "没有“7月”这个考核节点"),
        ((*SCORE, "--points", "800", "--assessor", "国家级"), "“国家级”不在词表中"),
        ((*SCORE, "--points", "800", "--date", "2021-07-16"), "还没有到"),
        ((*SCORE, "--points", "800", "--date", "2021-04-01"), "不在行动期"),
        ((*REPORT, "--week", "28"), "--week 的“28”不是周次，应写成 2021-W25"),
        ((*REPORT, "--week", "2021-W60"), "不是周次"),
        ((*REPORT, "--week", "2021-W16"), "--week 的 2021-W16 不在行动期"),
        ((*REPORT, "--week", "2022-W01"), "不在行动期"),
        ((*REPORT, "--week", "2021-W29"), "早于 2021-W29 的周一 2021-07-19，不可能已经报送"),
        ((*TASK, "--on", "2021-07-01", "--task", "病媒防制"), "是不是“病媒生物防制通过省级验收”？"),
        ((*TASK, "--on", "2021-08-01", "--task", "工程性建设项目全部完成"), "还没有到"),
    ],
)
def test_record_refuses_what_cannot_be(
    ds: Path, call: Calls, arguments: tuple[str, ...], said: str
) -> None:
    first = snapshot(ds)

    result = call(*arguments)

    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert result.err.count("\n") == 1
    assert snapshot(ds) == first


def test_the_same_row_twice_needs_again(ds: Path, call: Calls) -> None:
    row_again = (*SUPERVISION, "--method", "现场、随机", "--remark", "别的备注")
    call.done(*SUPERVISION, "--method", "实地督战", "--method", "随机督战")
    first = snapshot(ds)

    refused = call(*row_again)

    assert refused.code == 1
    assert "supervision.csv 的第1条记录已是同样的内容；确要再记一次请加 --again" in refused.err
    assert snapshot(ds) == first
    call.done(*row_again, "--again")
    assert len(read_rows((ds / "supervision.csv").read_bytes())[1]) == 2
    call.done(*SUPERVISION, "--method", "实地督战", "--findings", "新的问题")


def test_a_record_written_otherwise_is_the_same_row(ds: Path, call: Calls) -> None:
    header = ",".join(RECORD_COLUMNS["scores.csv"])
    text = f"{header}\r\n2021/7/14,富宁,州级评估,800,2021-07,\r\n"
    (ds / "scores.csv").write_bytes(text.encode("gb18030"))

    again = call(*SCORE, "--points", "800", "--milestone", "2021-07")
    call.done(*SCORE, "--points", "801", "--milestone", "2021-07")

    assert again.code == 1
    assert [line.entry.action for line in read_journal(ds)] == ["adopted", "added"]
    assert (ds / "scores.csv").read_text("utf-8-sig") == (
        f"{header}\n2021/7/14,富宁,州级评估,800,2021-07,\n2021-07-14,富宁县,州级,801,2021-07,\n"
    )


def test_a_record_file_that_is_missing_is_made(ds: Path, call: Calls) -> None:
    (ds / "scores.csv").unlink()

    call.done(*SCORE, "--points", "800")

    assert last_row(ds, "scores.csv")[3] == "800"


def test_a_record_file_with_more_than_records_is_not_rewritten(ds: Path, call: Calls) -> None:
    with (ds / "scores.csv").open("a", encoding="utf-8") as file:
        file.write("填报人：张三,,,,,\n")
    first = snapshot(ds)

    result = call(*SCORE, "--points", "800")

    assert result.code == 1
    assert "scores.csv 不是规范格式（有1行不是数据" in result.err
    assert snapshot(ds) == first


def test_record_finds_its_dataset_before_and_after_each_name(
    ds: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = Calls(ds.parent / "nowhere", capsys)
    options = ("--county", "富宁", "--date", "2021-07-14", "--assessor", "州级", "--points")

    elsewhere.done("record", "--data", str(ds), "score", *options, "800")
    elsewhere.done("record", "score", "--data", str(ds), *options, "801")

    assert len(read_rows((ds / "scores.csv").read_bytes())[1]) == 3


# ---------------------------------------------------------------- history


def test_history_tells_when_who_and_what(call: Calls) -> None:
    call.done("close", "富宁-0002", "--on", "2021-07-01", *BY)
    call.done("amend", "富宁-0002", "编号", "富宁-0200", *WHY)
    call.done("reopen", "富宁-0200", "--on", "2021-07-02", "--reason", "复查仍有占道")

    said = call.done("history", "富宁-0200")

    assert "销号　张三" in said.out
    assert "  编号：富宁-0002 → 富宁-0200" in said.out
    assert "  退回日期：空 → 2021-07-02" in said.out
    assert "  原因：复查仍有占道" in said.out
    document = json.loads(call.done("history", "富宁-0200", "--json").out)
    assert (document["id"], document["county"]) == ("富宁-0200", "富宁县")
    assert [change["command"] for change in document["changes"]] == ["close", "amend", "reopen"]
    assert document["changes"][0]["changes"][0] == {
        "column": CLOSED,
        "old": "",
        "new": "2021-07-01",
    }


def test_history_of_an_issue_without_any_says_so(call: Calls) -> None:
    assert "里没有它的改动" in call.done("history", "富宁-0001").out


def test_history_of_an_unknown_issue_suggests_the_nearest(call: Calls) -> None:
    result = call("history", "富宁-001")

    assert result.code == 1
    assert "是不是“富宁-0001”？" in result.err


def test_history_remembers_an_issue_that_is_gone_from_the_list(ds: Path, call: Calls) -> None:
    call.done("close", "富宁-0002", "--on", "2021-07-01", *BY)
    put(ds, row("富宁-0001"))

    assert "销号　张三" in call.done("history", "富宁-0002").out


def test_history_names_damaged_lines(ds: Path, call: Calls) -> None:
    call.done("close", "富宁-0002", "--on", "2021-07-01", *BY)
    with (ds / JOURNAL).open("ab") as file:
        file.write(b"rubbish\n")

    said = call.done("history", "富宁-0002")

    assert "有1行读不懂（第2行）" in said.err
    assert "销号　张三" in said.out


def test_the_history_of_an_id_of_two_counties_asks_which(ds: Path, call: Calls) -> None:
    call.done("close", "富宁-0002", "--on", "2021-07-01", *BY)
    (ds / "issues" / "广南县.csv").write_bytes((ds / FUNING).read_bytes())

    said = call("history", "富宁-0002")

    assert (said.code, said.out) == (1, "")
    assert said.err == "广南县、富宁县都有编号为“富宁-0002”的问题，请用 --county 指明\n"
    assert "销号　张三" in call.done("history", "富宁-0002", "--county", "富宁").out


def test_check_warns_of_a_ledger_that_was_changed_or_deleted_by_hand(ds: Path, call: Calls) -> None:
    def warned() -> list[tuple[str, str, str]]:
        told = json.loads(call("check", "--json").out)["problems"]
        ours = [one for one in told if one["code"] == "changed-outside"]
        return [(one["severity"], one["file"], one["message"]) for one in ours]

    call.done("close", "富宁-0002", "--on", "2021-07-01", *BY)
    assert warned() == []
    rest = "，与变更记录不符，改了哪些没有记录，请核对"

    (ds / FUNING).write_bytes((ds / FUNING).read_bytes().replace(b"2021-07-01", b"2021-06-15", 1))
    assert warned() == [("warning", FUNING, f"富宁县的台账在工具之外被改动{rest}")]

    (ds / FUNING).unlink()
    assert warned() == [("warning", FUNING, f"富宁县的台账在工具之外被删除{rest}")]


def test_an_id_that_is_no_text_is_refused_in_words(call: Calls) -> None:
    for arguments in (("close", "--on", "2021-07-01", *BY), ("history",)):
        result = call(*arguments, "\udcff")
        assert (result.code, result.err) == (
            2,
            "编号里有不能写成 UTF-8 的字符，请检查终端的编码\n",
        )


def test_no_command_leaves_litter(ds: Path, call: Calls) -> None:
    call.done("close", "富宁-0002", "--on", "2021-07-01", *BY)
    call("close", "富宁-0002", "--on", "2021-07-01", *BY)

    assert litter(ds) == []
