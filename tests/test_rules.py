"""milestones.yaml against the notice and against SPEC's table."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from duzhan import columns
from duzhan.dataset.config.builtin import TABLES
from duzhan.dataset.config.rules import load_rules
from duzhan.dataset.layouts import issue_layout
from duzhan.intake.text import header_key, squash

if TYPE_CHECKING:
    from duzhan.model import Rules

HERE = Path(__file__).parent
DATA = HERE.parent / "data"
NOTICE = re.sub(r"\s", "", (HERE / "source" / "notice.txt").read_text("utf-8"))

# id, deadline, score, assessors, rate, deliverables, kinds that are a reading of the notice
TABLE = [
    ("2021-05", "2021-05-31", "720", ("州级",), "90%", (), ()),
    (
        "2021-06",
        "2021-06-30",
        "750",
        ("省级", "红河州"),
        "95%",
        (
            "病媒生物防制通过省级验收",
            "省级慢性病综合防控示范区通过省级验收",
            "爱国卫生组织管理各项工作指标全面完成",
        ),
        ("score",),
    ),
    (
        "2021-07",
        "2021-07-31",
        "800",
        ("州级",),
        "98%",
        ("管理、机制、档案等制度性工作要求全面完成和落实",),
        (),
    ),
    (
        "2021-08",
        "2021-08-31",
        "850",
        ("省州联合",),
        "99%",
        ("工程性建设项目全部完成",),
        ("rectification_rate",),
    ),
    (
        "2021-12",
        "2021-12-31",
        "850",
        ("省级", "省州联合"),
        "99%",
        ("迎接省级创卫评估验收",),
        ("score", "rectification_rate"),
    ),
]

# Every pair that SPEC section 5 names, and more: header as a county wrote it, canonical column.
HEADERS = [
    ("问题编号", "编号"),
    ("存在问题", "问题描述"),
    ("问题", "问题描述"),
    ("具体问题", "问题描述"),
    ("问 题 描 述", "问题描述"),
    ("点位", "地点"),
    ("位置", "地点"),
    ("问题地点", "地点"),
    ("整改责任单位", "责任单位"),
    ("牵头单位", "责任单位"),
    ("发现时间", "发现日期"),
    ("检查日期", "发现日期"),
    ("检查时间", "发现日期"),
    ("整改时限", "整改期限"),
    ("整改截止日期", "整改期限"),
    ("完成时限", "整改期限"),
    ("限期", "整改期限"),
    ("整改期限（年月日）", "整改期限"),
    ("整改\n期限", "整改期限"),
    ("完成日期", "整改完成日期"),
    ("完成时间", "整改完成日期"),
    ("整改完成时间", "整改完成日期"),
    ("销号时间", "销号日期"),
    ("验收日期", "销号日期"),
    ("验收时间", "销号日期"),
    ("县区", "县(市)"),
    ("县市", "县(市)"),
    ("县（市）", "县(市)"),
    ("县（市、区）", "县(市)"),
    ("县(市)名称", "县(市)"),
    ("序号", "序号"),
]


@pytest.fixture(scope="module")
def rules() -> Rules:
    made, problems = load_rules(DATA / "milestones.yaml", "milestones.yaml")
    assert problems == []
    assert made is not None
    return made


def test_milestones_are_those_of_the_table(rules: Rules) -> None:
    found = []
    for milestone in rules.milestones:
        score, rate, *deliverables = milestone.requirements
        assert (score.kind, rate.kind) == ("score", "rectification_rate")
        assert all(requirement.kind == "deliverable" for requirement in deliverables)
        found.append(
            (
                milestone.id,
                milestone.deadline.isoformat(),
                score.required,
                score.assessors,
                rate.required,
                tuple(requirement.name for requirement in deliverables),
                tuple(r.kind for r in milestone.requirements if r.interpreted),
            )
        )
    assert found == TABLE


def test_thresholds_are_exact_fractions_of_what_is_shown(rules: Rules) -> None:
    for milestone in rules.milestones:
        for requirement in milestone.requirements:
            if requirement.kind == "deliverable":
                assert requirement.threshold is None
            else:
                assert requirement.required is not None
                share = 100 if requirement.required.endswith("%") else 1
                assert requirement.threshold == Fraction(requirement.required.rstrip("%")) / share


def test_the_milestones_sentences_are_all_of_the_notices_demands(rules: Rules) -> None:
    sentences = "".join(f"{n}.{m.sentence}" for n, m in enumerate(rules.milestones, 1))
    assert f"（三）督战要求{sentences}四、督战工作安排" in NOTICE


def test_every_quoted_sentence_stands_in_the_notice(rules: Rules) -> None:
    quoted = [r.sentence for m in rules.milestones for r in m.requirements]
    quoted += [duty.sentence for duty in rules.duties]
    assert len(quoted) == 18
    assert [sentence for sentence in quoted if sentence not in NOTICE] == []


def test_a_requirement_quotes_its_own_milestone(rules: Rules) -> None:
    for milestone in rules.milestones:
        for requirement in milestone.requirements:
            assert requirement.sentence in milestone.sentence
            assert requirement.clause == milestone.clause


def test_a_number_that_is_not_marked_as_a_reading_stands_in_its_sentence(rules: Rules) -> None:
    for milestone in rules.milestones:
        for requirement in milestone.requirements:
            if requirement.required and not requirement.interpreted:
                assert f"达{requirement.required}" in requirement.sentence


def test_every_reading_says_why_and_nothing_else_does(rules: Rules) -> None:
    for milestone in rules.milestones:
        for requirement in milestone.requirements:
            assert bool(requirement.note) is requirement.interpreted


def test_clauses_count_the_notices_demands(rules: Rules) -> None:
    assert [m.clause for m in rules.milestones] == [f"三(三){n}" for n in range(1, 6)]


def test_the_notice_is_cited_as_it_calls_itself(rules: Rules) -> None:
    assert rules.notice.number == "文办通〔2021〕81号"
    for text in (rules.name, rules.notice.number, rules.notice.title):
        assert re.sub(r"\s", "", text) in NOTICE
    assert rules.notice.issuers == ("中共文山州委办公室", "文山州人民政府办公室")
    assert rules.notice.date == dt.date(2021, 5, 30)
    assert "".join(rules.notice.issuers) + "2021年5月30日" in NOTICE


def test_the_campaign_runs_from_may_to_december(rules: Rules) -> None:
    assert (rules.start, rules.end) == (dt.date(2021, 5, 1), dt.date(2021, 12, 31))
    assert "督战时间2021年5月至12月" in NOTICE
    assert rules.time_zone == "Asia/Shanghai"


def test_weekly_duties_begin_on_the_monday_after_the_notice(rules: Rules) -> None:
    assert rules.duties_from == rules.notice.date + dt.timedelta(days=1)
    assert rules.duties_from.isoweekday() == 1
    assert [duty.id for duty in rules.duties] == ["supervision", "report"]


def test_the_settings_are_those_of_the_contract(rules: Rules) -> None:
    assert rules.warn_days == 10
    assert rules.closure_needs_verifier is False
    assert rules.score_range == (0, 1000)


def test_vocabularies_are_those_of_the_contract(rules: Rules) -> None:
    words = rules.vocabularies
    assert [term.name for term in words.sources] == [
        "省爱卫专项办",
        "红河州创卫指导组",
        "州级业务指导组",
        "省州交办",
        "督战组督战发现",
    ]
    assert [term.name for term in words.assessors] == [
        "州级",
        "省级",
        "红河州",
        "省州联合",
        "县级自评",
    ]
    assert words.self_assessors == ("县级自评",)
    assert [term.name for term in words.methods] == [
        "实地督战",
        "电话督战",
        "视频督战",
        "书面指示督战",
        "约谈",
        "随机督战",
    ]
    assert words.on_site_methods == ("实地督战",)
    assert words.random_flag == "随机督战"
    assert "、".join(term.name for term in words.actions) == (
        "清垃圾、扫厕所、勤洗手、净餐馆、常消毒、管集市、众参与"
    )
    assert "是" in words.yes_words
    assert "否" not in words.yes_words


def test_methods_named_by_the_notice_stand_in_it(rules: Rules) -> None:
    for term in rules.vocabularies.methods:
        assert term.name in NOTICE
    aliases = {squash(alias) for term in rules.vocabularies.methods for alias in term.aliases}
    assert squash("约谈县（市）党委、政府主要领导") in aliases
    assert "约谈县（市）党委、政府主要领导、分管领导" in NOTICE


@pytest.mark.parametrize("word", ["无", "暂无", "/", "\\", "—", "——", "－", "-", "没有", "N/A"])
def test_words_for_nothing_are_empty(rules: Rules, word: str) -> None:
    assert squash(word) in {squash(empty) for empty in rules.vocabularies.empty_words}


@pytest.mark.parametrize("word", ["待定", "已完成", "未完成", "不详", "是", "否", "0"])
def test_words_that_say_something_are_not_empty(rules: Rules, word: str) -> None:
    assert word not in rules.vocabularies.empty_words


@pytest.mark.parametrize(("header", "column"), HEADERS)
def test_a_header_from_practice_finds_its_column(rules: Rules, header: str, column: str) -> None:
    finder = issue_layout(rules).finder
    assert finder.match([header]) == {column: (0,)}


@pytest.mark.parametrize("header", ["整改前照片", "整改时间", "整改日期", "联系人", "审核人"])
def test_a_header_that_means_something_else_finds_none(rules: Rules, header: str) -> None:
    assert issue_layout(rules).finder.match([header]) == {}


def table_columns() -> list[tuple[str, ...]]:
    issues = (columns.SERIAL, columns.COUNTY, *columns.ISSUE_COLUMNS, *columns.FURTHER_COLUMNS)
    sheet, links = columns.SCORE_SHEET, (columns.LINKED_ITEMS,)
    return [issues, *columns.RECORD_COLUMNS.values(), sheet, links]


def test_the_loader_knows_the_columns_of_every_table() -> None:
    assert [set(table) for table in TABLES] == [set(table) for table in table_columns()]


@pytest.mark.parametrize("table", table_columns(), ids=lambda table: "".join(table[:3]))
def test_within_a_table_an_alias_belongs_to_one_column(
    rules: Rules, table: tuple[str, ...]
) -> None:
    owners: dict[str, str] = {}
    for column in table:
        for name in (column, *rules.header_aliases.get(column, ())):
            assert owners.setdefault(header_key(name), column) == column


def test_aliases_are_given_for_known_columns_only(rules: Rules) -> None:
    known = {column for table in table_columns() for column in table}
    others = set(rules.header_aliases) - known
    assert others == {"抄送州爱卫办", "抄送州爱卫专项办"}  # one an office of the roster


def test_aliases_are_listed_once_in_their_normal_form(rules: Rules) -> None:
    for column, aliases in rules.header_aliases.items():
        assert [header_key(alias) for alias in aliases] == list(aliases)
        assert len({column, *aliases}) == len(aliases) + 1


@pytest.mark.parametrize("name", ["groups.yaml", "milestones.yaml"])
def test_a_file_that_another_program_rewrites_says_the_same(name: str, tmp_path: Path) -> None:
    """Whoever loads and dumps it with PyYAML loses comments, not meaning."""
    from duzhan.dataset.config.roster import load_roster

    load = load_roster if name == "groups.yaml" else load_rules
    copy = tmp_path / name
    copy.write_text(yaml.safe_dump(yaml.safe_load((DATA / name).read_text("utf-8"))), "utf-8")
    assert load(copy, name) == load(DATA / name, name)


def without(text: str, key: str) -> str:
    """The rules without one of their keys at the top."""
    lines = text.splitlines(keepends=True)
    first = next(n for n, line in enumerate(lines) if line.startswith(f"{key}:"))
    after = next((n for n in range(first + 1, len(lines)) if lines[n][:1] not in " \n#"), None)
    return "".join(lines[:first] + ([] if after is None else lines[after:]))


def loaded(folder: Path, text: str) -> Rules:
    path = folder / "milestones.yaml"
    path.write_text(text, "utf-8")
    made, problems = load_rules(path, "milestones.yaml")
    assert made is not None, problems
    return made


def test_a_dataset_without_aliases_reads_the_headings_that_are_built_in(
    tmp_path: Path, rules: Rules
) -> None:
    text = (HERE.parent / "data" / "milestones.yaml").read_text("utf-8")

    bare = loaded(tmp_path, without(text, "header_aliases"))

    shared = {k: v for k, v in rules.header_aliases.items() if not k.startswith("抄送")}
    assert bare.header_aliases == shared
    assert issue_layout(bare).finder.match(["存在问题"]) == {"问题描述": (0,)}


def test_a_dataset_adds_aliases_and_its_own_reading_of_one_comes_first(tmp_path: Path) -> None:
    text = (HERE.parent / "data" / "milestones.yaml").read_text("utf-8")
    own = "header_aliases: {问题描述: [短板], 整改期限: [完成时间]}\n"

    made = loaded(tmp_path, without(text, "header_aliases") + own)

    finder = issue_layout(made).finder
    assert finder.match(["短板"]) == {"问题描述": (0,)}
    assert finder.match(["存在问题"]) == {"问题描述": (0,)}
    assert finder.match(["完成时间"]) == {"整改期限": (0,)}
    assert finder.match(["整改完成时间"]) == {"整改完成日期": (0,)}
