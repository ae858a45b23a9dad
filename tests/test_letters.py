"""Letters for people to sign: ranking, proposals by rules, and what they say, also in Word."""

from __future__ import annotations

import re

import pytest
from docx import Document

from mailing import overdue_row, set_issues
from small import Calls, calls_on

calls = calls_on("2021-07-15")


def closed(identifier: str) -> list[str]:
    return overdue_row(identifier, 销号日期="2021-06-20", 核验人="赵六")


def test_equal_rates_share_a_place_and_counties_without_data_come_last_and_are_named(
    calls: Calls,
) -> None:
    set_issues(calls.folder, "富宁县", closed("富宁-0001"), overdue_row("富宁-0002"))
    rows = [closed(f"广南-{n}") for n in (1, 2)] + [overdue_row(f"广南-{n}") for n in (3, 4)]
    set_issues(calls.folder, "广南县", *rows)
    set_issues(calls.folder, "丘北县", overdue_row("丘北-0001"))
    text = calls.done("letter", "通报").out
    ranks = re.findall(r"^\| (\S+) \| (\S+) \|", text, re.MULTILINE)[2:]
    assert ranks[:4] == [
        ("并列1", "广南县"),
        ("并列1", "富宁县"),
        ("3", "丘北县"),
        ("—", "文山市"),
    ]
    assert "没有数据、排在最后的：文山市、砚山县、西畴县、麻栗坡县、马关县。" in text
    assert "代拟稿，由人审定后签发" in text


def test_each_proposal_states_its_facts_and_cites_its_rule(calls: Calls) -> None:
    set_issues(calls.folder, "富宁县", overdue_row("富宁-0001", "2021-06-10"))
    text = calls.done("letter", "通报").out
    assert "文山市：建议黄牌提醒（未报送问题清单）。" in text
    proposed = [line for line in text.splitlines() if line.startswith("富宁县：建议")]
    assert len(proposed) == 2
    assert proposed[0].startswith("富宁县：建议红牌警示。已过节点有")
    source = "（依据：文办通〔2021〕81号 五(二)；解释值"
    assert f"最长的超期35天（30天起）。{source}" in proposed[1]


def test_without_rules_nothing_is_proposed(calls: Calls) -> None:
    path = calls.folder / "milestones.yaml"
    text = path.read_text("utf-8")
    begin, end = text.index("sanctions:\n"), text.index("# 台账和各记录文件中")
    path.write_text(text[:begin] + text[end:], "utf-8")
    assert "建议" not in calls.done("letter", "通报").out


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("{id: a, name: 黄牌, clause: 一}", "应写明什么情况下建议"),
        ("{id: a, name: 黄牌, missed: 1}", "应写明通知中的出处"),
        ("{id: a, name: 黄牌, missed: 1, interpreted: true}", "解释值应写明理由"),
        ("{id: a, name: 黄牌, missed: 1, clause: 一, instead_of: b}", "前面没有“b”这一项"),
    ],
)
def test_a_slip_in_the_rules_is_one_line_with_its_place(
    calls: Calls, rule: str, wrong: str
) -> None:
    path = calls.folder / "milestones.yaml"
    text = path.read_text("utf-8")
    begin, end = text.index("sanctions:\n"), text.index("# 台账和各记录文件中")
    path.write_text(f"{text[:begin]}sanctions:\n  - {rule}\n{text[end:]}", "utf-8")
    said = calls("letter", "通报")
    assert said.code == 1
    assert re.match(r"milestones.yaml 第\d+行 “sanctions\[0\]", said.err)
    assert wrong in said.err


def test_a_letter_to_a_county_says_how_it_stands_and_what_is_asked(calls: Calls) -> None:
    text = calls.done("letter", "督办函", "--county", "富宁", "--number", "文爱卫函〔2021〕1号").out
    assert "# 关于督促富宁县加快问题清单整改的函\n\n文爱卫函〔2021〕1号" in text
    assert "富宁县党委、政府：" in text
    assert "富宁县共有问题4件，已销号1件，整改达标率25.0%；待核验1件" in text
    assert "| 富宁-0001 | 占道经营（富宁-0001）（北门市场,东侧） |" in text
    assert "（一）对超期的2件逐件明确责任人和完成日期" in text
    assert calls("letter", "督办函").code == 2


def test_a_letter_to_a_county_without_a_list_asks_for_it(calls: Calls) -> None:
    text = calls.done("letter", "督办函", "--county", "文山市").out
    assert "文山市没有报送问题清单。" in text
    assert "（一）尽快报送问题清单；没有需要整改的问题的，作零报告。" in text
    assert "超期的" not in text


def test_a_notice_tells_a_later_deadline_from_the_first_one(calls: Calls) -> None:
    calls.done(
        *("extend", "富宁-0001", "--to", "2021-07-20", "--on", "2021-07-10"),
        *("--by", "李处长", "--reason", "汛期"),
    )
    text = calls.done("letter", "整改通知单", "富宁-0001").out
    assert "2021年7月20日（原定2021年7月1日，批准延期1次）" in text


def test_a_notice_is_about_one_issue_and_has_a_slip_to_send_back(calls: Calls) -> None:
    text = calls.done("letter", "整改通知单", "富宁-0001").out
    assert "| 整改期限 | 2021年7月1日，已超期14天 |" in text
    assert "## 三、整改回执" in text
    assert calls("letter", "整改通知单").code == 2
    assert calls("letter", "整改通知单", "富宁-9999").code == 2
    assert calls("letter", "通报", "富宁-0001").code == 2
    assert "不能和 --county 一起用" in calls("letter", "通报", "--county", "富宁").err


def test_an_id_of_two_counties_is_asked_for_by_county(calls: Calls) -> None:
    set_issues(calls.folder, "富宁县", overdue_row("1"))
    set_issues(calls.folder, "广南县", overdue_row("1"))
    said = calls("letter", "整改通知单", "1")
    assert (said.code, said.out) == (2, "")
    assert "编号“1”有2件问题（广南县、富宁县），请用 --county 指明" in said.err
    assert "广南县" in calls.done("letter", "整改通知单", "1", "--county", "广南").out


@pytest.mark.parametrize(
    "asked", [("通报",), ("督办函", "--county", "富宁"), ("整改通知单", "富宁-0001")]
)
def test_each_letter_is_a_word_document_with_the_same_words_and_an_editable_template(
    calls: Calls, asked: tuple[str, ...]
) -> None:
    file = calls.folder.parent / "letter.docx"
    calls.done("letter", *asked, "-o", str(file))
    document = Document(str(file))
    words = [paragraph.text for paragraph in document.paragraphs]
    title = calls.done("letter", *asked).out.splitlines()[0].removeprefix("# ")
    assert title in words
    assert document.tables
    calls.done("letter", asked[0], "--copy-template")
    assert (calls.folder / "templates" / f"{asked[0]}.docx").is_file()
    assert (calls.folder / "templates" / f"{asked[0]}.md.j2").is_file()


def test_no_cell_breaks_a_letter(calls: Calls) -> None:
    nasty = "a|b{{ 7*7 }}<b>\nc"
    set_issues(calls.folder, "富宁县", overdue_row("富宁-0001", 问题描述=nasty))
    shown = calls.done("letter", "整改通知单", "富宁-0001").out
    assert "| 问题 | a" in shown
    assert not re.findall(r"49|(?<!\\)<b>", shown)
    assert len(re.findall("^# ", shown, re.MULTILINE)) == 1
    file = calls.folder.parent / "letter.docx"
    calls.done("letter", "整改通知单", "富宁-0001", "-o", str(file))
    cells = [cell.text for row in Document(str(file)).tables[0].rows for cell in row.cells]
    assert any("a|b{{ 7*7 }}<b> c" in cell for cell in cells)
