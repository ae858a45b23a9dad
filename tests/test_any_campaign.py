"""Nothing of one campaign stands in code or templates, and no leftovers of what one has not."""

from __future__ import annotations

import ast
import datetime as dt
import functools
import re
import shutil
import zipfile
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from conftest import REPOSITORY
from duzhan.campaign.calendar import calendar_of
from duzhan.campaign.checking import check
from duzhan.campaign.chosen_week import chosen_week
from duzhan.campaign.dashboard import dashboard_facts
from duzhan.campaign.opening import open_dataset, read_dataset
from duzhan.campaign.problems import problems_in_turn
from duzhan.campaign.standing import Campaign
from duzhan.deliver import notices
from duzhan.deliver.attempts import Name
from duzhan.deliver.letters import Desk, issue_letter
from duzhan.deliver.plans import Due
from duzhan.report.dashboard.page import render as dashboard
from duzhan.report.letters import contents
from duzhan.report.pages import plain
from duzhan.report.pages.county import county_page
from duzhan.report.pages.forecast import forecast_page
from duzhan.report.pages.issues import issues_page
from duzhan.report.pages.rules import groups_page, milestones_page
from duzhan.report.pages.status import overview_page
from duzhan.report.sheets.form_notes import _columns
from duzhan.report.templates.environment import render
from duzhan.report.weekly import brief_sheet, visit
from duzhan.report.weekly.context import context
from duzhan.report.weekly.tables import ReportTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Change = Callable[[dict[str, Any]], None]

# ---------------------------------------------------------------- code and templates

# What 文办通〔2021〕81号 alone calls so: its places, offices, programme, clauses and groups.
OURS = (
    *("文山", "富宁", "广南", "丘北", "马关", "麻栗坡", "西畴", "砚山", "红河", "王毅", "532628"),
    *("爱卫", "创卫", "文办通", "州级", "州委", "全州", "两办", "县委、县政府", "党委、政府主要"),
    *("督战组", "县（市）", "整改达标率", "专项行动", "〔六", "〔三(", "〔五〕", "〔四〕"),
    *("清垃圾", "扫厕所", "实地督战", "随机督战", "未督战", "督战开展"),
)
# The only places where such words may stand, and which.
ALLOWED: dict[str, tuple[str, ...]] = {
    # The defaults of `wording` (SPEC section 2); 州级两办 follows from 州 and two offices.
    "duzhan/model/roster.py": ("两办",),
    "duzhan/model/rules.py": (
        "督战组",
        "县（市）",
        "整改达标率",
        "专项行动",
        "创卫",
        "州级",
        "两办",
    ),
    # Names of columns in files, a contract of their own.
    "duzhan/columns.py": ("督战组", "专项行动"),
    "duzhan/dataset/config/builtin.py": ("督战组", "专项行动"),
    "duzhan/report/sheets/issues.py": ("专项行动",),
    "duzhan/report/dashboard/static/csv.js": ("专项行动",),
    "duzhan/frames/open_data.py": ("督战组",),
    "duzhan/frames/tables.py": ("专项行动", "整改达标率", "实地督战", "未督战"),
    # What the ends of help pages show, tried on the sample by a test.
    "duzhan/cli/examples.py": OURS,
}
_SOURCES = (REPOSITORY / "src", REPOSITORY / "templates")
_CODE = (".js", ".css", ".j2", ".txt", ".yaml")


def said(path: Path) -> Iterator[tuple[int, str]]:
    """What a file says to users, by line: of Python neither comments nor docstrings, but help."""
    text = path.read_text("utf-8")
    if path.suffix in _CODE:
        kept = re.sub(
            r"\{#.*?#\}", lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL
        )
        if path.suffix == ".js":
            kept = re.sub(r"//[^\n\"]*$", "", kept, flags=re.MULTILINE)
        yield from enumerate(kept.splitlines(), 1)
        return
    tree = ast.parse(text)
    silent = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        helps = isinstance(node, ast.FunctionDef) and "cli" in path.parts and node.decorator_list
        for one in body if isinstance(body, list) and not helps else ():
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
                silent.add(one.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in silent:
            yield node.lineno, node.value


def may_say(text: str, words: list[str]) -> bool:
    """Whether all characters of a word stand in a file, in one string or two, or may be escaped."""
    there = set(text)
    return any(there.issuperset(word) for word in words) or bool(re.search(r"\\[uUNx]", text))


def test_no_word_of_one_campaign_stands_in_code_or_templates() -> None:
    found = []
    for root in _SOURCES:
        for path in sorted(root.rglob("*")):
            if path.suffix not in {".py", *_CODE} or "vendor" in path.parts:
                continue
            name = path.relative_to(root).as_posix()
            words = [word for word in OURS if word not in ALLOWED.get(name, ())]
            if not may_say(path.read_text("utf-8"), words):
                continue
            found += [
                f"{name}:{line}: {word}"
                for line, text in said(path)
                for word in words
                if word in text
            ]
    assert found == []


def test_no_word_of_one_campaign_stands_in_a_word_template() -> None:
    found = []
    for path in sorted((REPOSITORY / "templates").rglob("*.docx")):
        with zipfile.ZipFile(path) as package:
            for part in package.namelist():
                if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", part):
                    text = re.sub(r"<[^>]*>", "", package.read(part).decode("utf-8"))
                    found += [f"{path.name}: {part}: {word}" for word in OURS if word in text]
    assert found == []


# ---------------------------------------------------------------- campaigns of all kinds

SAFETY = REPOSITORY / "examples" / "安全生产百日行动"
HYGIENE = REPOSITORY / "examples" / "卫生县城创建攻坚"


def without(*kinds: str) -> Change:
    """Milestones without some kinds of requirements."""

    def change(rules: dict[str, Any]) -> None:
        for milestone in rules["milestones"]:
            kept = [one for one in milestone["requirements"] if one["kind"] not in kinds]
            milestone["requirements"] = kept
            milestone["sentence"] = "，".join(one["sentence"] for one in kept)
        if "score" in kinds:
            del rules["score_range"], rules["vocabularies"]["assessors"]

    return change


def duties(*kept: str) -> Change:
    """Only some of the weekly duties."""

    def change(rules: dict[str, Any]) -> None:
        rules["duties"] = [one for one in rules["duties"] if one["id"] in kept]
        if not kept:
            del rules["duties_from"]
        if "supervision" not in kept:
            rules["vocabularies"].pop("methods", None)

    return change


def bare(groups: dict[str, Any]) -> None:
    """No prefecture, no codes, no offices, nobody named."""
    groups.pop("prefecture", None)
    groups["offices"] = []
    for group in groups["groups"]:
        group["county"].pop("code", None)
        group["memberships"], group["supervised"] = [], []
        group["name"] = f"{group['county']['name']}包联组"


def silent(rules: dict[str, Any]) -> None:
    """Nothing said of what things are called but the supervision."""
    rules["wording"] = {"supervise": "包联", "unit": "企业", "rate": "整改率", "score": "得分"}
    rules["wording"] |= {"action": "类别"}


ITEMS = ("standard.yaml", "score_items.csv", "scores.csv")
KINDS: dict[str, tuple[Path, tuple[Change, ...], Change | None, tuple[str, ...]]] = {
    "safety": (SAFETY, (), None, ()),
    "hygiene": (HYGIENE, (), None, ()),
    "no scores, no tasks": (
        HYGIENE, (without("score", "deliverable"),), None, (*ITEMS, "deliverables.csv")
    ),
    "no reports": (HYGIENE, (duties("supervision"),), None, ("county_reports.csv",)),
    "no supervisions": (HYGIENE, (duties("report"),), bare, ("supervision.csv",)),
    "nothing weekly": (SAFETY, (duties(), silent), bare, ("county_reports.csv",)),
}  # fmt: skip


def made(name: str, folder: Path) -> Path:
    """A dataset of a kind."""
    source, changes, roster, gone = KINDS[name]
    shutil.copytree(source, folder)
    for file, wanted in (("milestones.yaml", changes), ("groups.yaml", (roster,))):
        told = yaml.load((folder / file).read_text("utf-8"), yaml.BaseLoader)  # noqa: S506
        for change in wanted:
            if change is not None:
                change(told)
        text = yaml.safe_dump(told, allow_unicode=True, sort_keys=False).replace("'null'", "null")
        (folder / file).write_text(text, "utf-8")
    for file in gone:
        (folder / file).unlink()
    return folder


def tables_of(told: dict[str, Any]) -> Iterator[ReportTable]:
    """The tables of a report."""
    for section in told["sections"]:
        yield from (part for part in section.parts if isinstance(part, ReportTable))


def outputs(campaign: Campaign) -> Iterator[tuple[str, str]]:
    """Everything that people read of a campaign, by name."""
    dataset, day = campaign.dataset, campaign.day
    rules, roster, root = dataset.rules, dataset.roster, dataset.root
    overview, sample = campaign.overview, campaign.sample
    report = campaign.week(chosen_week("2024-W29" if day.year == 2024 else "2023-W24", rules))
    first, group = overview.counties[0], roster.groups[0]
    late = campaign.overdue()
    ours = [line for line in late if line.county == first.county.name]
    pages = {
        "status": overview_page(overview, rules, sample),
        "county": county_page(first, overview, group, rules, ours, sample),
        "forecast": forecast_page(campaign.forecasts(), overview, rules.wording, sample),
        "issues": issues_page(campaign.issues(), 9, day, rules.wording, sample),
        "milestones": milestones_page(rules),
        "groups": groups_page(roster.groups, roster.offices, rules),
    }
    yield from ((name, plain.render(page)) for name, page in pages.items())
    for about, one in (
        ("week", report),
        ("summary", report.of(first.county)),
        ("about", report.about(first.county)),
    ):
        told = context(one)
        for table in tables_of(told):
            for at, column in enumerate(table.columns):
                empty = len(table.rows) > 1 and all(row[at] == "—" for row in table.rows)
                assert not empty, f"{about} {column.title}"
        yield about, render("督战周报.txt.j2", told, root)
        yield f"{about}.html", render("督战周报.html.j2", told, root)
    yield "brief", brief_sheet.render(report, "txt", root).decode()
    sheet = campaign.visits(5)[0]
    yield "visit", visit.render(sheet, rules, "md", root, sample).decode()
    desk = Desk(dataset, day, 1 << 24, {first.county.name: 2})
    due = Due(Name("overdue", "1", day.isoformat(), 1, ""), group, (), (), (), tuple(ours or late))
    letter = issue_letter(due, desk)
    yield "mail", f"{letter.subject}\n{letter.text}\n{letter.html}"
    robot = notices.week_of_all("全部", report, rules.wording)
    yield "robot", "\n".join([robot.title, *robot.lead, *robot.lines, *robot.closing])
    urged = contents.urging(group, first, late, rules, day)
    yield "letter", str(urged)
    yield "circular", str(contents.circular(overview, late, rules))
    yield "form", str(_columns(rules))
    yield "dashboard", _without_scripts(dashboard(dashboard_facts(campaign)))
    yield "calendar", calendar_of(campaign).decode()


def _without_scripts(page: str) -> str:
    """The page's own words and data; its scripts are looked at as files."""
    shown = re.sub(r"<script>.*?</script>|<style>.*?</style>", "", page, flags=re.DOTALL)
    return unescape(shown)


@functools.cache
def said_by(name: str, folder: Path) -> dict[str, str]:
    day = dt.date(2024, 7, 24) if KINDS[name][0] == SAFETY else dt.date(2023, 6, 23)
    return dict(outputs(Campaign(open_dataset(made(name, folder / "ds")), day)))


# What no output of any of them may say: words of 文办通〔2021〕81号, and what templates leave.
NEVER = (
    *("督战", "创卫标准", "爱卫", "整改达标率", "文山", "富宁", "州级两办"),
    *("None", "{{", "}}", "〔〕", "、、", "，，", "：。", "。。"),
)
SCORES = ("得分", "评分", "未评估", "待评估", "评估方")
SUPERVISIONS = ("实地", "周未督导", "未督导", "带队领导+")
REPORTS = ("周报应报", "未报送", "不需报送", "补报")
# What each must not say besides.
UNSAID = {
    "safety": (*SCORES, *SUPERVISIONS, "六(一)", "六(二)", "任务"),
    "hygiene": (),
    "no scores, no tasks": (*SCORES, "任务"),
    "no reports": REPORTS,
    "no supervisions": (*SUPERVISIONS, "抄送：", "并报"),
    "nothing weekly": (
        *(*SCORES, *SUPERVISIONS, *REPORTS, "六(一)", "任务", "抄送：", "并报"),
        *("督导组", "督导核查单", "百日行动周报", "每周一", "每周报告", "每周职责"),
    ),
}
# These say nothing of data, so nothing of data being synthetic.
UNMARKED = ("robot", "letter", "circular", "form", "milestones", "groups", "calendar")


def plainly(output: str, text: str) -> str:
    """What an output says itself: without names of columns, and the notice's own sentences."""
    text = re.sub("报送督战组|督战组督战发现", "", text)
    if output == "dashboard":
        text = re.sub(r'"(?:wording|rules|campaign)":(?:\{.*?\}(?=,")|"[^"]*")', "", text)
        text = text.replace("}}", "")
    if output in {"letter", "circular"}:
        text = text.replace("None", "")
    return re.sub(r"〔[^〕]*〕[^\n<]*", "", text) if output in {"county", "milestones"} else text


@pytest.mark.parametrize("name", KINDS)
def test_another_campaign_says_nothing_of_this_one_and_leaves_nothing_over(
    name: str, tmp_path: Path
) -> None:
    told = said_by(name, tmp_path)

    found = [
        f"{output}: {word}"
        for output, text in told.items()
        for word in (*NEVER, *UNSAID[name])
        if word in plainly(output, text)
    ]
    assert not found, "；".join(found)
    # Subjects alone set a figure apart; the data inside a page are no text for people.
    texts = {
        one: text.partition('<script type="application/json"')[0] for one, text in told.items()
    }
    assert [one for one, text in texts.items() if re.search(r"\d 件(?!（截至)", text)] == []
    assert [one for one in told if "示例数据" not in told[one] and one not in UNMARKED] == []
    if name == "nothing weekly":
        assert "包联组" in told["week"]
        assert "包联周报" in told["week"]


def test_sections_are_numbered_without_what_a_campaign_has_not(tmp_path: Path) -> None:
    told = said_by("nothing weekly", tmp_path)["week"]

    assert re.findall(r"^【(.*?)、", told, re.MULTILINE) == ["一", "二", "三", "四", "五", "六"]
    assert "五、距下一节点" in told


# ---------------------------------------------------------------- a new campaign's first slips

SLIPS = (
    ("groups.yaml", "    name: 南区督导组\n", "", "缺少“name”（这个组的名称，如本文件里的“"),
    ("groups.yaml", "name: 西区,", "nam: 西区,", "（全称；问题清单的文件以它或别名开头，如本文"),
    ("milestones.yaml", "date: 2024-05-30", "date: 5月30日", "不是日期，应写成 2024-09-08"),
    ("milestones.yaml", "deadline: 2024-07-31", "", "如本文件里的“2024-09-08”）"),
)  # fmt: skip


def test_all_slips_of_all_files_are_told_at_once_each_with_an_example_of_this_dataset(
    tmp_path: Path,
) -> None:
    root = made("safety", tmp_path / "ds")
    for name in ("groups.yaml", "milestones.yaml"):
        text = (SAFETY / name).read_text("utf-8")
        for file, right, wrong, _ in SLIPS:
            if file == name:
                assert right in text
                text = text.replace(right, wrong, 1)
        (root / name).write_text(text, "utf-8")

    _, problems = read_dataset(root)

    told = "\n".join(map(str, problems))
    assert [words for *_, words in SLIPS if words not in told] == []
    assert "全称或通称" not in told


def test_a_faulty_key_keeps_nothing_else_from_being_checked(tmp_path: Path) -> None:
    root = made("safety", tmp_path / "ds")
    rules = (SAFETY / "milestones.yaml").read_text("utf-8")
    for right, wrong in (
        ("date: 2024-05-30", "date: 5月30日"),
        ("deadline: 2024-07-31", "deadline: 7月底"),
        ("deadline: 2024-09-08", "deadline: 2024-10-08"),
        ("duties_from: 2024-06-03", "duties_from: 2023-06-05"),
    ):
        assert right in rules
        rules = rules.replace(right, wrong, 1)
    (root / "milestones.yaml").write_text(rules, "utf-8")
    (root / "issues" / "东区.csv").write_bytes(b"")
    (root / "county_reports.csv").write_text("周次,县(市)\n", "utf-8")

    checked = check(root)

    told = [(one.file, one.column) for one in checked.problems if one.file != "groups.yaml"]
    assert told == [
        ("milestones.yaml", "notice.date"),
        ("milestones.yaml", "milestones[0].deadline"),
        ("milestones.yaml", "duties_from"),
        ("milestones.yaml", "milestones[1].deadline"),
        ("issues/东区.csv", None),
        ("county_reports.csv", "报送日期"),
        ("county_reports.csv", "报送督战组"),
    ]


def test_a_record_file_that_is_missing_is_told_with_its_header(tmp_path: Path) -> None:
    root = made("safety", tmp_path / "ds")
    (root / "county_reports.csv").unlink()

    campaign = Campaign(open_dataset(root), dt.date(2024, 7, 24))

    told = [str(one) for one in problems_in_turn(campaign) if one.file == "county_reports.csv"]
    assert len(told) == 1
    assert told[0].endswith("第一行写：周次,县(市),报送日期,报送督战组,抄送市安委办,备注")
