"""Words that every campaign's lists use: what a dataset does not say itself holds as built in.

`words.json` is made from data/milestones.yaml by tools/make_schemas.py; a test
holds the two together.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duzhan.intake.text import header_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WORDS = Path(__file__).with_name("words.json")
# Which parts of milestones.yaml are any campaign's.
VOCABULARIES = (
    "empty_words",
    "yes_words",
    "due_words",
    "done_words",
    "not_done_words",
    "strike_headings",
)
# What a column of county_reports.csv that belongs to an office begins with.
COPIES = "抄送"
LEDGER_KEY = "ledger_parquet"
# The columns of each table: within one, an alias belongs to one column. `dataset.columns`
# has them too, and loads what a table needs; a test holds the two together.
TABLES = (
    (
        "序号", "县(市)", "编号", "问题描述", "地点", "专项行动", "问题来源", "责任单位", "责任人",
        "发现日期", "整改期限", "整改完成日期", "销号日期", "退回日期", "核验人", "备注",
        "原编号", "配合单位", "整改措施", "整改情况", "撤销说明",
    ),
    ("日期", "县(市)", "评估方", "总分", "考核节点", "备注"),
    ("任务", "县(市)", "完成日期", "验收单位", "备注"),
    ("日期", "县(市)", "方式", "带队领导", "发现问题", "工作要求", "备注"),
    (
        "周次", "县(市)", "报送日期", "报送督战组", "含小结分析", "备注",
    ),
    (
        "编号", "县(市)", "申请日期", "原期限", "延至", "理由", "批准人", "批准日期", "文号",
        "备注",
    ),
    ("日期", "县(市)", "编号", "结果", "核查人", "备注"),
    ("日期", "县(市)", "评估方", "考核节点", "分项", "得分", "扣分原因", "备注"),
    ("编号", "县(市)", "类别", "文件", "SHA-256", "来源", "收到日期", "备注"),
    (
        "序号", "日期", "县(市)", "评估方", "考核节点", "分项编号", "分项", "分值", "得分", "扣分",
        "扣分原因", "责任单位", "备注",
    ),
    # The counties' own column that links issues to items.
    ("考核分项",),
)  # fmt: skip


@functools.cache
def builtin_words() -> dict[str, Any]:
    """The built-in words: ``header_aliases``, and the lists of `VOCABULARIES`."""
    words: dict[str, Any] = json.loads(WORDS.read_text("utf-8"))
    return words


def with_builtin_aliases(own: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """A dataset's header aliases, and the built-in ones that it does not use otherwise.

    Args:
        own: canonical column to the dataset's aliases.
    """
    taken = {header_key(alias): name for name, aliases in own.items() for alias in aliases}
    merged = {name: tuple(aliases) for name, aliases in own.items()}
    beside = {name: {n for table in TABLES if name in table for n in table} for name in _columns()}
    for name, aliases in builtin_words()["header_aliases"].items():
        known = {header_key(alias) for alias in merged.get(name, ())}
        free = (
            alias
            for alias in aliases
            if header_key(alias) not in known and taken.get(header_key(alias)) not in beside[name]
        )
        if added := tuple(free):
            merged[name] = (*merged.get(name, ()), *added)
    return merged


def _columns() -> list[str]:
    return list(builtin_words()["header_aliases"])
