"""Write docs/data-dictionary.md: every file, column, vocabulary and YAML key, from the code.

Usage: python tools/make_dictionary.py
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.dataset.config.keys import MilestonesFile
from duzhan.dataset.config.models import model_of
from duzhan.dataset.config.roster_keys import GroupsFile
from duzhan.dataset.config.rules import load_rules
from duzhan.dataset.config.standard_keys import StandardFile
from duzhan.dataset.locate import RULES, bundled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duzhan.model import Rules, Term
    from duzhan.shapes import FileKeys

TARGET = Path(__file__).parent.parent / "docs" / "data-dictionary.md"

_ISSUE_MEANINGS = {
    col.ID: "县里的问题编号，原样保留（前导零也保留）；可以没有",
    col.DESCRIPTION: "问题是什么；表里唯一必须有的列",
    col.LOCATION: "在哪里",
    col.ACTION: "七个专项行动之一",
    col.SOURCE: "谁发现或交办的〔三(二)〕",
    col.UNIT: "负责整改的单位",
    col.PERSON: "负责整改的人",
    col.FOUND: "哪天发现；空着或读不出的，算作一直存在",
    col.DUE: "最迟哪天整改完；当天不算超期",
    col.CLAIMED: "县里自报的完成日；可有几个日期，用“；”隔开",
    col.CLOSED: "督战组核验后销号的日子；可有几个日期",
    col.SENT_BACK: "退回重新整改的日子；可有几个日期",
    col.VERIFIER: "谁核验的；没有核验人的销号列为“无核验人”",
    col.REMARK: "其他",
    col.FORMER_ID: "县里报来时的编号，台账另编了号的才有",
    col.PARTNERS: "配合整改的单位",
    col.MEASURES: "怎样整改",
    col.PROGRESS: "整改到哪一步；整格是状态词的另有含义（见“状态词”），从不作销号",
    col.WITHDRAWN: "为什么撤销；写了的不再计算",
}
_RECORD_MEANINGS = {
    col.SCORES: "考核评估得分，一行一次评估",
    col.DELIVERABLES: "节点任务的完成，一行一项",
    col.SUPERVISION: "督战记录，一行一次",
    col.COUNTY_REPORTS: "县（市）每周书面报告，一行一次报送",
    col.EXTENSIONS: "批准的延期，一行一次；从批准日期起按延至的日期算超期。可以没有",
    col.RECHECKS: "抽查复核，一行一次；结果为属实或不属实，不属实的按退回处理。可以没有",
    col.EVIDENCE: "佐证材料，evidence/ 里一个文件一行；编号空着的还没有对应到问题。可以没有",
    col.SCORE_ITEMS: "考核评估的分项得分，一行一项；分项见 standard.yaml。可以没有",
}


def dictionary(rules: Rules) -> str:
    """The whole page.

    Args:
        rules: of the bundled dataset.
    """
    return "\n".join(_page(rules)) + "\n"


def _page(rules: Rules) -> Iterator[str]:
    yield "# 数据字典"
    yield ""
    yield "由 `python tools/make_dictionary.py` 从代码生成，测试保证它与代码一致；请不要手改。"
    yield from _issue_columns(rules)
    yield from _record_columns(rules)
    yield from _vocabularies(rules)
    files = (
        ("groups.yaml", GroupsFile),
        ("milestones.yaml", MilestonesFile),
        ("standard.yaml", StandardFile),
    )
    for name, model in files:
        yield from _keys(name, model)


def _issue_columns(rules: Rules) -> Iterator[str]:
    yield "\n## issues/ 问题清单\n"
    yield "文件名以县（市）名或别名开头，一个县（市）可以有几个文件，合起来是一份清单。"
    yield "表头比对时不计空格、换行、全角半角和括号；“序号”是行号，不作编号。\n"
    yield "| 列 | 含义 | 也认这些表头 |"
    yield "|---|---|---|"
    for name in col.ISSUE_COLUMNS:
        yield f"| {name} | {_ISSUE_MEANINGS[name]} | {_aliases(rules, name)} |"
    yield from (
        f"| {name} | {_ISSUE_MEANINGS[name]}（有的台账才有） | {_aliases(rules, name)} |"
        for name in col.FURTHER_COLUMNS
    )
    meaning = "可有可无；写了别的县（市）的行计入文件所属的县（市）并报错"
    yield f"| {col.COUNTY} | {meaning} | {_aliases(rules, col.COUNTY)} |"
    links = _aliases(rules, col.LINKED_ITEMS)
    meaning = "使评分标准的哪个分项失分，填代号或名称，几个用“、”隔开；县里自己的列"
    yield f"| {col.LINKED_ITEMS} | {meaning} | {links} |"
    yield "\n其余的列是县里自己的列，照原来的表头排在后面；重名的第二列叫“名称（2）”。"


def _record_columns(rules: Rules) -> Iterator[str]:
    for file, names in col.RECORD_COLUMNS.items():
        yield f"\n## {file}\n"
        yield f"{_RECORD_MEANINGS[file]}。列：{'、'.join(names)}。\n"
        known = [name for name in names if rules.header_aliases.get(name)]
        yield from (f"- {name}：也认 {_aliases(rules, name)}" for name in known)
    yield "\n## 评分表（duzhan record score --items）\n"
    yield "考核方自己的评分表，照原样读；分项按代号、名称对上 standard.yaml，表头这样认：\n"
    known = [name for name in col.SCORE_SHEET if rules.header_aliases.get(name)]
    yield from (f"- {name}：也认 {_aliases(rules, name)}" for name in known)
    yield f"\n## {col.IMPORTS}\n"
    yield "由 `duzhan import` 写，不用填：每个县（市）最近一次导入漏掉了台账里的哪些问题，"
    yield "想推迟哪些问题的日期而没有采用；都没有就没有这个文件。周报的“数据质量”用它。"
    yield f"列：{'、'.join(col.IMPORT_COLUMNS)}。"


def _aliases(rules: Rules, name: str) -> str:
    return "、".join(rules.header_aliases.get(name, ())).replace("|", "\\|")


def _vocabularies(rules: Rules) -> Iterator[str]:
    words = rules.vocabularies
    yield "\n## 词表\n"
    for title, terms in (
        ("问题来源", words.sources),
        ("专项行动", words.actions),
        ("评估方", words.assessors),
        ("督战方式", words.methods),
    ):
        yield f"- **{title}**：{_terms(terms)}"
    yield f"- **自评**（不作达标依据）：{'、'.join(words.self_assessors)}"
    yield f"- **等于没有填写**：{' '.join(f'`{word}`' for word in words.empty_words)}"
    yield f"- **表示“是”**：{_listed(words.yes_words)}"
    yield "\n### 整改期限里代替日期的词\n"
    yield "月、旬、季度、年（带不带“前”“底”“末”“内”“止”）指最后一天，不用列。"
    yield "下面的词从发现日期算起。\n"
    yield "| 发现之后几天 | 词 |"
    yield "|---|---|"
    spans = dict.fromkeys(word.days for word in words.due_words)
    for days in sorted(spans, key=lambda days: (days is None, days or 0)):
        names = _listed([word.name for word in words.due_words if word.days == days])
        yield f"| {'没有期限' if days is None else days} | {names} |"
    yield "\n### 状态词\n"
    yield "整改情况一类的列里，整格只写这些词才算；其余都是文字。只作申报和核对，从不作销号。\n"
    yield f"- **已完成**：{_listed(words.done_words)}"
    yield f"- **未完成**：{_listed(words.not_done_words)}"
    yield f"- **只说是否销号的表头**（其下的“否”不表示没有整改）：{_listed(words.strike_headings)}"


def _listed(words: Sequence[str]) -> str:
    return " ".join(f"`{word}`" for word in words)


def _terms(terms: Sequence[Term]) -> str:
    return "；".join(
        f"{term.name}（也写 {'、'.join(term.aliases)}）" if term.aliases else term.name
        for term in terms
    )


def _keys(name: str, keys: type[FileKeys]) -> Iterator[str]:
    yield f"\n## {name}\n"
    yield "| 键 | 含义 |"
    yield "|---|---|"
    schema = model_of(keys).model_json_schema()
    meanings: dict[str, list[str]] = {}
    for path, meaning in _paths(schema, schema, ""):
        told = meanings.setdefault(path, [])
        if meaning not in told:
            told.append(meaning)
    for path, told in meanings.items():
        head = told[0].partition("：")[0] + "："
        alike = all(meaning.startswith(head) for meaning in told)
        rest = [meaning.removeprefix(head) for meaning in told[1:]] if alike else told[1:]
        yield f"| `{path}` | {'；'.join([told[0], *rest])} |"


def _paths(part: dict, schema: dict, prefix: str) -> Iterator[tuple[str, str]]:  # type: ignore[type-arg]
    """Key paths of a JSON Schema with their descriptions, depth first; one for each alternative."""
    for option in _options(part, schema):
        for key, value in option.get("properties", {}).items():
            path = f"{prefix}{key}"
            yield path, str(value.get("description", "")).replace("|", "\\|")
            items = value.get("items")
            yield from _paths(items or value, schema, f"{path}{'[]' if items else ''}.")


def _options(part: dict, schema: dict) -> Iterator[dict]:  # type: ignore[type-arg]
    if "$ref" in part:
        part = schema["$defs"][part["$ref"].rpartition("/")[2]]
    yield part
    for other in (*part.get("oneOf", ()), *part.get("anyOf", ()), *part.get("allOf", ())):
        yield from _options(other, schema)


if __name__ == "__main__":
    rules, problems = load_rules(bundled("data") / RULES, RULES)
    if rules is None:
        raise SystemExit("\n".join(map(str, problems)))
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(dictionary(rules), "utf-8", newline="\n")
    print("docs/data-dictionary.md")
