"""Slips in groups.yaml and milestones.yaml: each gives one whole line that says where and how."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from duzhan.dataset.config.roster import load_roster
from duzhan.dataset.config.rules import load_rules
from duzhan.dataset.config.yamlfile import MAX_SIZE

if TYPE_CHECKING:
    from duzhan.model import Problem

DATA = Path(__file__).parent.parent / "data"


def load(folder: Path, name: str, content: str | bytes) -> list[Problem]:
    """Load a file with this content, which must be refused with problems and never raise.

    An address that is none is a problem, but refuses nothing else.
    """
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    loaded, problems = (load_roster if name == "groups.yaml" else load_rules)(path, name)
    assert (loaded is None) == any(problem.code != "bad-address" for problem in problems)
    assert problems != []
    assert all("\n" not in str(problem) for problem in problems)
    return problems


def spoil(folder: Path, name: str, right: str, wrong: str) -> list[str]:
    """Load the shipped file with one slip in it; "@" stands for the slip's own line."""
    text = (DATA / name).read_text("utf-8")
    assert right in text
    line = text.count("\n", 0, text.index(right) + len(right) - len(right.lstrip())) + 1
    problems = load(folder, name, text.replace(right, wrong, 1))
    return [str(p).replace(f"第{line}行 ", "第@行 ") for p in problems]


MILESTONES = [
    (
        "备注: [备注说明",
        "备住: [备注说明",
        "milestones.yaml 第@行 “header_aliases.备住”：没有“备住”这一列，是不是“备注”？",
    ),
    (
        "带队领导: [带队人,",
        "带队领导: [督战方式,",
        (
            "milestones.yaml 第@行 “header_aliases.带队领导[0]”："
            "表头“督战方式”已经表示“方式”，一个写法只能属于一列"
        ),
    ),
    (
        "- id: supervision",
        "- id: report",
        "milestones.yaml 第@行 “duties[0].id”：每周职责 report 写了两次，请删去一处",
    ),
    (
        "name: 省级慢性病综合防控示范区通过省级验收",
        "name: 病媒生物防制通过省级验收",
        (
            "milestones.yaml 第@行 “milestones[1].requirements[3].name”："
            "“病媒生物防制通过省级验收”在这个节点写了两次，请删去一处"
        ),
    ),
    (
        "at_least: 720",
        "at_least: 七百二十",
        (
            "milestones.yaml 第@行 “milestones[0].requirements[0].at_least”："
            "“七百二十”不是数字，应写阿拉伯数字，如 720"
        ),
    ),
    (
        "at_least: 720",
        "at_least: 1200",
        (
            "milestones.yaml 第@行 “milestones[0].requirements[0].at_least”："
            "“1200”超出评分范围 0 至 1000"
        ),
    ),
    (
        "at_least: 720",
        "at_least: [720]",
        "milestones.yaml 第@行 “milestones[0].requirements[0].at_least”：应为一个值，现为列表",
    ),
    (
        "at_least: 90%",
        "at_least: 120%",
        "milestones.yaml 第@行 “milestones[0].requirements[1].at_least”：“120%”超出 0% 至 100%",
    ),
    (
        "at_least: 90%",
        "at_least: 0.9",
        (
            "milestones.yaml 第@行 “milestones[0].requirements[1].at_least”："
            "“0.9”不是百分数，应写成 90% 的形式"
        ),
    ),
    (
        "deadline: 2021-06-30",
        "deadline: 2021-06-31",
        (
            "milestones.yaml 第@行 “milestones[1].deadline”："
            "“2021-06-31”这一天不存在，应是日历上有的日期，如 2021-06-30"
        ),
    ),
    (
        "deadline: 2021-06-30",
        "deadline: 6月30日",
        "milestones.yaml 第@行 “milestones[1].deadline”：“6月30日”不是日期，应写成 2021-12-31",
    ),
    (
        "deadline: 2021-06-30",
        "deadline: 2021-05-31",
        (
            "milestones.yaml 第@行 “milestones[1].deadline”："
            "“2021-05-31”不晚于前一节点的 2021-05-31，应按先后排列"
        ),
    ),
    (
        'id: "2021-06"',
        'id: "2021-05"',
        "milestones.yaml 第@行 “milestones[1].id”：节点编号“2021-05”重复，每个节点应各不相同",
    ),
    (
        "assessors: [州级]",
        "assessors: [国家级]",
        (
            "milestones.yaml 第@行 “milestones[0].requirements[0].assessors[0]”："
            "“国家级”不能作评估方，应为：州级、省州联合、省级、红河州"
        ),
    ),
    (
        "assessors: [州级]",
        "assessors: [县级自评]",
        (
            "milestones.yaml 第@行 “milestones[0].requirements[0].assessors[0]”："
            "“县级自评”不能作评估方，应为：州级、省州联合、省级、红河州"
        ),
    ),
    (
        "assessors: [州级]",
        "assessors: 州级",
        (
            "milestones.yaml 第@行 “milestones[0].requirements[0].assessors”："
            "应为列表，每行一个“- ”，现为“州级”"
        ),
    ),
    (
        "kind: score",
        "kind: scores",
        (
            "milestones.yaml 第@行 “milestones[0].requirements[0].kind”："
            "“scores”不认识，应为：score、rectification_rate、deliverable"
        ),
    ),
    (
        "duties_from: 2021-05-31",
        "duties_from: 2021-06-01",
        ("milestones.yaml 第@行 “duties_from”：“2021-06-01”不是星期一，每周职责应从星期一算起"),
    ),
    (
        "time_zone: Asia/Shanghai",
        "time_zone: ../../etc/passwd",
        (
            "milestones.yaml 第@行 “time_zone”："
            "没有“../../etc/passwd”这个时区，应写 IANA 名称，如 Asia/Shanghai"
        ),
    ),
    (
        "warn_days: 10",
        "warn_days: -1",
        "milestones.yaml 第@行 “warn_days”：“-1”不能小于 0",
    ),
    (
        "warn_days: 10",
        "warn_days:",
        "milestones.yaml 第@行 “warn_days”：不能空着",
    ),
    (
        "closure_needs_verifier: false",
        "closure_needs_verifier: 否",
        "milestones.yaml 第@行 “closure_needs_verifier”：“否”应为 true（是）或 false（否）",
    ),
    (
        "备注: [备注说明",
        "备注: [存在问题",
        (
            "milestones.yaml 第@行 “header_aliases.备注[0]”："
            "表头“存在问题”已经表示“问题描述”，一个写法只能属于一列"
        ),
    ),
    (
        "aliases: [扫厕所行动",
        "aliases: [清垃圾行动",
        (
            "milestones.yaml 第@行 “vocabularies.actions[1].aliases[0]”："
            "“清垃圾行动”已经表示“清垃圾”，一个写法只能属于一个词"
        ),
    ),
    (
        "duties_from: 2021-05-31",
        "# duties_from: 2021-05-31",
        ("milestones.yaml 第7行 “duties_from”：有每周职责时应写明从哪个周一算起，如 2021-05-31"),
    ),
    (
        "note: 通知写“由省及",
        "# note: 通知写“由省及",
        "milestones.yaml 第66行 “milestones[1].requirements[0]”：解释值应写明理由（note）",
    ),
    (
        "note: 通知要求“切实",
        "# note: 通知要求“切实",
        "milestones.yaml 第178行 “escalation[0]”：解释值应写明理由（note）",
    ),
    (
        "duties_from: 2021-05-31",
        "duties_from: 2021-05-31\nledger_parquet: 没有的目录",
        (
            "milestones.yaml 第25行 “ledger_parquet”："
            "没有“没有的目录”这个目录，应为 duzhan export --parquet 写出的目录"
        ),
    ),
]


def test_there_is_only_one_mark_for_random_visits(tmp_path: Path) -> None:
    (line,) = spoil(tmp_path, "milestones.yaml", "on_site: true", "at_random: true")
    assert line.endswith(" “vocabularies.methods[5].at_random”：at_random 的方式只能有一个")


def test_a_campaign_does_not_end_before_it_begins(tmp_path: Path) -> None:
    first, *others = spoil(tmp_path, "milestones.yaml", "end: 2021-12-31", "end: 2021-01-31")
    assert first == "milestones.yaml 第@行 “period.end”：行动最后一天早于第一天"
    assert all("不在行动期" in line for line in others)


def test_a_scale_goes_upwards(tmp_path: Path) -> None:
    lines = spoil(tmp_path, "milestones.yaml", "max: 1000", "max: 0")
    assert lines[0] == "milestones.yaml 第@行 “score_range.max”：满分应高于最低分 0"


def test_a_reading_says_why(tmp_path: Path) -> None:
    lines = spoil(tmp_path, "milestones.yaml", "note: 国家卫生县城", "# note: 国家卫生县城")
    assert [line.partition("“")[2] for line in lines] == ["score_range”：解释值应写明理由（note）"]


GROUPS = [
    (
        'code: "532622"',
        'code: "532600"',
        "groups.yaml 第@行 “groups[1].county.code”：代码“532600”与第8行重复，应各不相同",
    ),
    (
        "aliases: [砚山]",
        "aliases: [文山州]",
        (
            "groups.yaml 第@行 “groups[1].county.aliases[0]”："
            "“文山州”已经用于文山州，一个名称或别名只能用一处"
        ),
    ),
    (
        "name: 州爱卫专项办",
        "name: 州爱卫办",
        "groups.yaml 第@行 “offices[1].name”：办公室名称“州爱卫办”与第226行重复，应各不相同",
    ),
    (
        "recipients: []",
        'recipients: ["a@b.cn\\nBcc: c@d.cn"]',
        (
            "groups.yaml 第@行 “groups[0].recipients[0]”："
            "“a@b.cn Bcc: c@d.cn”不是邮箱地址，应写成 name@example.cn"
        ),
    ),
    (
        'code: "532622"',
        'code: "532601"',
        ("groups.yaml 第@行 “groups[1].county.code”：代码“532601”与第17行重复，应各不相同"),
    ),
    (
        'code: "532622"',
        "code: 53262",
        ("groups.yaml 第@行 “groups[1].county.code”：“53262”应为六位数字的行政区划代码，如 450123"),
    ),
    (
        "aliases: [砚山]",
        "aliases: [文山]",
        (
            "groups.yaml 第@行 “groups[1].county.aliases[0]”："
            "“文山”已经用于文山市，一个名称或别名只能用一处"
        ),
    ),
    (
        "recipients: []",
        "recipients: [督战组]",
        (
            "groups.yaml 第@行 “groups[0].recipients[0]”："
            "“督战组”不是邮箱地址，应写成 name@example.cn"
        ),
    ),
    (
        "recipients: []",
        "recipients: a@b.cn",
        "groups.yaml 第@行 “groups[0].recipients”：应为列表，每行一个“- ”，现为“a@b.cn”",
    ),
    (
        "posts: [副州长]",
        "posts: []",
        "groups.yaml 第@行 “groups[0].memberships[1].posts”：不能空着，至少要有一项",
    ),
    (
        "name: 文山市\n",
        "name: ../文山市\n",
        (
            "groups.yaml 第@行 “groups[0].county.name”："
            "“../文山市”不能含有 / \\ : * ? 等不能作文件名的字符"
        ),
    ),
    (
        "    recipients: []",
        "    recipients: []\n    recipients: []",
        "groups.yaml 第38行 “groups[0].recipients”：这个键写了两次（第37行已有），请删去一处",
    ),
    (
        "id: yanshan",
        "id: !!python/object/apply:os.system yanshan",
        (
            "groups.yaml 第@行 “groups[1].id”："
            "不支持标签“tag:yaml.org,2002:python/object/apply:os.system”，请删去，直接写内容"
        ),
    ),
    (
        "recipients: []",
        "recipients: []\n    robots: [{kind: slack, url_env: A}]",
        (
            "groups.yaml 第38行 “groups[0].robots[0].kind”："
            "没有这种机器人，可写 wecom、dingtalk、feishu"
        ),
    ),
    (
        "recipients: []",
        "recipients: []\n    robots: [{kind: wecom}]",
        (
            "groups.yaml 第38行 “groups[0].robots[0]”："
            "url_env 和 url_file 应写一个，也只写一个：机器人的地址放在环境变量或文件里"
        ),
    ),
    (
        "recipients: []",
        "recipients: []\n    robots: [{kind: wecom, url_env: A, url_file: b}]",
        (
            "groups.yaml 第38行 “groups[0].robots[0]”："
            "url_env 和 url_file 应写一个，也只写一个：机器人的地址放在环境变量或文件里"
        ),
    ),
    (
        "recipients: []",
        "recipients: []\n    robots: [{kind: wecom, url_env: A, secret_env: B, secret_file: c}]",
        ("groups.yaml 第38行 “groups[0].robots[0]”：secret_env 和 secret_file 只写一个"),
    ),
    (
        "aliases: [砚山]",
        "aliases: [砚山]\n      header_aliases: {问题描速: [隐患]}",
        (
            "groups.yaml 第46行 “groups[1].county.header_aliases.问题描速”："
            "台账没有“问题描速”这一列，是不是“问题描述”？"
        ),
    ),
    (
        "name: 文山市\n",
        'name: "文山市."\n',
        (
            "groups.yaml 第@行 “groups[0].county.name”："
            "“文山市.”Windows 会去掉文件名末尾的点，请删去末尾的点"
        ),
    ),
]


SLIPS = [("milestones.yaml", *slip) for slip in MILESTONES]
SLIPS += [("groups.yaml", *slip) for slip in GROUPS]


@pytest.mark.parametrize(("file", "right", "wrong", "line"), SLIPS, ids=[s[2] for s in SLIPS])
def test_a_slip_in_the_configuration_gives_one_line(
    tmp_path: Path, file: str, right: str, wrong: str, line: str
) -> None:
    assert spoil(tmp_path, file, right, wrong) == [line]


def test_an_unknown_key_suggests_the_nearest_and_says_what_is_missing(tmp_path: Path) -> None:
    wrong = "deadlin: 2021-06-30"
    assert spoil(tmp_path, "milestones.yaml", "deadline: 2021-06-30", wrong) == [
        (
            "milestones.yaml 第60行 “milestones[1].deadline”："
            "缺少“deadline”（截止日期（含当日），如本文件里的“2021-05-31”）"
        ),
        ("milestones.yaml 第@行 “milestones[1].deadlin”：没有“deadlin”这个键，是不是“deadline”？"),
    ]


def test_all_slips_are_reported_at_once(tmp_path: Path) -> None:
    text = (DATA / "groups.yaml").read_text("utf-8")
    text = text.replace('"532622"', '"532601"').replace("role: 组长", "rol: 组长", 1)
    text = text.replace("aliases: [富宁]", "aliases: [马关]").replace("id: funing", "id:")
    codes = [problem.code for problem in load(tmp_path, "groups.yaml", text)]
    assert sorted(codes) == [
        "duplicate-value",
        "duplicate-value",
        "missing-key",
        "missing-value",
        "unknown-key",
    ]


SYNTAX = [
    ("name: a\n\tcode: b\n", "第2行：第1列起：缩进不能用制表符（Tab），请改用空格"),
    (
        "name：文山\ncode: b\n",
        "第1行：第5列起：冒号是全角的“：”，键后面应是半角冒号加一个空格，如“name: 值”",
    ),
    ("a: b: c\n", "第1行：第5列起：这里不能再有冒号：请检查缩进，文字里含“: ”的要加引号"),
    ('a: "文山\nb: c\n', "第1行：第4列起：引号没有闭合，请补上另一半引号"),
    ("a: [1, 2\nb: 3\n", "第1行：第4列起：方括号没有闭合，或缺少逗号"),
    ("a:\n  b: 1\n c: 2\n", "第3行：第2列起：缩进与上文不一致，或引号后面还有多余的字"),
    ("a: @文山\n", "第1行：第4列起：文字不能以这个字符开头，请给整段文字加引号"),
    ("中: 文\x01\n", "第1行：第5列起：有不可见的控制字符，请删去"),
    ("a: *none\n", "第1行：第4列起：“*none”前面没有对应的“&none”；星号开头的文字请加引号"),
    ("a: 1\n---\nb: 2\n", "第2行：第1列起：一个文件只能有一份内容，请删去多余的“---”"),
    ("? [a]\n: b\n", "第1行：第3列起：键应为文字，不能是列表、一组键值或别名"),
    ("- a\n- b\n", "第1行：第1列起：最外层应为“键: 值”，现为列表"),
    ("文山\n", "第1行：第1列起：最外层应为“键: 值”，现为文字"),
    ("", "第1行：第1列起：文件是空的，应有内容"),
    ("# 只有注释\n", "第1行：第1列起：文件是空的，应有内容"),
    ("[" * 100, "第1行：第42列起：嵌套超过 40 层，请检查括号和缩进"),
]


@pytest.mark.parametrize(("text", "line"), SYNTAX, ids=[text[:12] for text, _ in SYNTAX])
@pytest.mark.parametrize("name", ["groups.yaml", "milestones.yaml"])
def test_what_is_not_yaml_gives_its_line_and_column(
    tmp_path: Path, name: str, text: str, line: str
) -> None:
    (problem,) = load(tmp_path, name, text)
    assert problem.code == "bad-yaml"
    assert str(problem) == f"{name} {line}"


def test_a_hundred_thousand_brackets_are_refused_as_forty_one_are(tmp_path: Path) -> None:
    (problem,) = load(tmp_path, "groups.yaml", "[" * 100_000)
    # The C parser looks some way ahead, and by itself gives up at a depth of a thousand.
    place = re.fullmatch(
        r"groups\.yaml 第1行：第(42|1001)列起：嵌套超过 40 层，请检查括号和缩进", str(problem)
    )
    assert place, str(problem)


def test_a_gbk_file_is_told_apart_from_a_broken_one(tmp_path: Path) -> None:
    content = "# GBK\nname: 文山州\n".encode("gbk")
    (problem,) = load(tmp_path, "groups.yaml", content)
    assert problem.code == "bad-encoding"
    assert str(problem) == (
        "groups.yaml 第2行：不是 UTF-8 编码（多半是 GBK），请在编辑器中另存为 UTF-8"
    )


def test_a_byte_order_mark_and_windows_line_ends_are_welcome(tmp_path: Path) -> None:
    for name, load_file in (("groups.yaml", load_roster), ("milestones.yaml", load_rules)):
        text = (DATA / name).read_text("utf-8")
        path = tmp_path / name
        path.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
        assert load_file(path, name) == load_file(DATA / name, name)


def test_a_missing_file_names_the_command_that_makes_one(tmp_path: Path) -> None:
    loaded, problems = load_roster(tmp_path / "groups.yaml", "groups.yaml")
    assert loaded is None
    assert [str(problem) for problem in problems] == [
        "groups.yaml：文件不存在；新的数据目录用 duzhan init 建立"
    ]


def test_a_folder_in_place_of_the_file_is_a_problem(tmp_path: Path) -> None:
    _, problems = load_rules(tmp_path, "milestones.yaml")
    assert [str(problem) for problem in problems] == ["milestones.yaml：这是文件夹，应为 YAML 文件"]


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    (problem,) = load(tmp_path, "groups.yaml", b"#" * (MAX_SIZE + 1))
    assert str(problem) == "groups.yaml：文件超过 4 MiB，不像名册或规则，未读取"


def test_aliases_of_aliases_cannot_fill_the_memory(tmp_path: Path) -> None:
    lines = ["a0: &a0 [文山, 文山, 文山, 文山, 文山, 文山, 文山, 文山, 文山]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    (problem,) = load(tmp_path, "groups.yaml", "\n".join(lines))
    assert problem.code == "bad-yaml"
    assert "展开后超过 100000 项，请检查“&”“*”引用" in str(problem)


def test_a_list_that_another_program_wrote_as_an_alias_is_read(tmp_path: Path) -> None:
    """PyYAML writes one list that stands in several places as an anchor and aliases."""
    text = (DATA / "groups.yaml").read_text("utf-8")
    text = text.replace("recipients: []", "recipients: &all [a@b.cn]", 1)
    path = tmp_path / "groups.yaml"
    path.write_text(text.replace("recipients: []", "recipients: *all"), "utf-8")
    roster, problems = load_roster(path, "groups.yaml")
    assert problems == []
    assert roster is not None
    assert [group.recipients for group in roster.groups] == [("a@b.cn",)] * 8


def test_numbers_and_codes_need_no_quotes(tmp_path: Path) -> None:
    text = (DATA / "groups.yaml").read_text("utf-8").replace('"', "")
    path = tmp_path / "groups.yaml"
    path.write_text(text, "utf-8")
    assert load_roster(path, "") == load_roster(DATA / "groups.yaml", "")


def test_it_reads_alike_without_the_c_parser() -> None:
    """PyYAML can be built without libyaml."""
    script = (
        "import yaml, pathlib\n"
        "quick = getattr(yaml, 'CBaseLoader', None)\n"
        "if quick: del yaml.CBaseLoader\n"
        "from duzhan.dataset.config import yamlfile\n"
        "assert yamlfile._LOADER is yaml.BaseLoader\n"
        f"path = pathlib.Path({str(DATA)!r}) / 'milestones.yaml'\n"
        "slow = yamlfile.load(path, '')\n"
        "yamlfile._LOADER = quick or yaml.BaseLoader\n"
        "assert yamlfile.load(path, '') == slow\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
