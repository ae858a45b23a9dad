"""The columns of every file of a dataset: the contract of SPEC sections 2 and 3.

The data dictionary in docs/ is written from these tables, and a test compares them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duzhan.model import Office

# The folder of the issue lists, and what joins several values in one cell.
ISSUES = "issues"
JOINT = "；"

ID = "编号"
DESCRIPTION = "问题描述"
LOCATION = "地点"
ACTION = "专项行动"
SOURCE = "问题来源"
UNIT = "责任单位"
PERSON = "责任人"
FOUND = "发现日期"
DUE = "整改期限"
CLAIMED = "整改完成日期"
CLOSED = "销号日期"
SENT_BACK = "退回日期"
VERIFIER = "核验人"
REMARK = "备注"
COUNTY = "县(市)"
SERIAL = "序号"

ISSUE_COLUMNS = (
    ID,
    DESCRIPTION,
    LOCATION,
    ACTION,
    SOURCE,
    UNIT,
    PERSON,
    FOUND,
    DUE,
    CLAIMED,
    CLOSED,
    SENT_BACK,
    VERIFIER,
    REMARK,
)
# Behind the fourteen in any ledger that has them, in this order.
FORMER_ID = "原编号"
PARTNERS = "配合单位"
MEASURES = "整改措施"
PROGRESS = "整改情况"
WITHDRAWN = "撤销说明"
FURTHER_COLUMNS = (FORMER_ID, PARTNERS, MEASURES, PROGRESS, WITHDRAWN)

EVENT_COLUMNS = (CLAIMED, CLOSED, SENT_BACK)
DATE_COLUMNS = (FOUND, DUE, *EVENT_COLUMNS)

SCORES = "scores.csv"
DELIVERABLES = "deliverables.csv"
SUPERVISION = "supervision.csv"
COUNTY_REPORTS = "county_reports.csv"
EXTENSIONS = "extensions.csv"
RECHECKS = "rechecks.csv"
SCORE_ITEMS = "score_items.csv"
EVIDENCE = "evidence.csv"
# The folder of photographs and papers, of which evidence.csv has one row each.
EVIDENCE_FILES = "evidence"

# An office's own scoring workbook (`record score --items`): what is looked for in it. Beside
# the assessment's own columns it says the full mark, what was taken off, and who is to mend it.
ITEM_ID, ITEM, FULL, POINTS = "分项编号", "分项", "分值", "得分"
DEDUCTION, WHY = "扣分", "扣分原因"
DAY, ASSESSOR, MILESTONE = "日期", "评估方", "考核节点"
SCORE_SHEET = (
    SERIAL, DAY, COUNTY, ASSESSOR, MILESTONE,
    ITEM_ID, ITEM, FULL, POINTS, DEDUCTION, WHY, UNIT, REMARK,
)  # fmt: skip
# The counties' own column that says which items of the standard an issue costs points in.
LINKED_ITEMS = "考核分项"

# What a complete weekly report of a county has beside its copies.
TO_GROUP, ANALYSIS = "报送督战组", "含小结分析"
REPORT_PARTS = (TO_GROUP, ANALYSIS)

RECORD_COLUMNS = {
    SCORES: ("日期", COUNTY, "评估方", "总分", "考核节点", REMARK),
    DELIVERABLES: ("任务", COUNTY, "完成日期", "验收单位", REMARK),
    SUPERVISION: ("日期", COUNTY, "方式", "带队领导", "发现问题", "工作要求", REMARK),
    COUNTY_REPORTS: (
        "周次",
        COUNTY,
        "报送日期",
        *REPORT_PARTS,
        REMARK,
    ),
    EXTENSIONS: (
        ID,
        COUNTY,
        "申请日期",
        "原期限",
        "延至",
        "理由",
        "批准人",
        "批准日期",
        "文号",
        REMARK,
    ),
    RECHECKS: ("日期", COUNTY, ID, "结果", "核查人", REMARK),
    SCORE_ITEMS: ("日期", COUNTY, "评估方", "考核节点", "分项", "得分", "扣分原因", REMARK),
    EVIDENCE: (ID, COUNTY, "类别", "文件", "SHA-256", "来源", "收到日期", REMARK),
}
OTHER_DATES = frozenset({"原期限", "延至"})
# From which day on a row of a record file speaks.
RECORD_DAYS = {
    SCORES: "日期",
    DELIVERABLES: "完成日期",
    SUPERVISION: "日期",
    COUNTY_REPORTS: "报送日期",
    EXTENSIONS: "批准日期",
    RECHECKS: "日期",
    SCORE_ITEMS: "日期",
    EVIDENCE: "收到日期",
}
# Headings under which a county asks for a later deadline: kept and told, never granted.
ASKED_UNTIL = ("申请延期至", "申请延期时限", "延期后时限", "申请延期", "延期至")

# What the latest import of each county left over; only the tool writes it.
IMPORTS = "imports.csv"
IMPORT_COLUMNS = (COUNTY, "导入日期", "文件", "清单遗漏", "推迟未采用", "未到日期")


_KNOWN = frozenset((SERIAL, COUNTY, *ISSUE_COLUMNS, *FURTHER_COLUMNS))


def own_columns(names: Iterable[str]) -> tuple[str, ...]:
    """Those of a table's columns that are the counties' own, in their order."""
    return tuple(name for name in names if name not in _KNOWN)


def ledger_columns(names: Iterable[str]) -> tuple[str, ...]:
    """The columns of a ledger file, in order: the fourteen, then what else there is of these.

    Args:
        names: of the columns that have anything to hold, in any order.
    """
    there = list(dict.fromkeys(names))
    further = tuple(name for name in FURTHER_COLUMNS if name in there)
    return (*ISSUE_COLUMNS, *further, *own_columns(there))


def record_columns(
    file: str, offices: Iterable[Office], *, analysis: bool = True
) -> tuple[str, ...]:
    """The columns of a record file; the counties' reports say for each office if it has a copy.

    Args:
        file: such as ``scores.csv``.
        offices: of the roster.
        analysis: whether a report has to have a summary and analysis (`Rules.wants_analysis`).
    """
    columns = RECORD_COLUMNS[file]
    if file != COUNTY_REPORTS:
        return columns
    kept = tuple(name for name in columns[:-1] if analysis or name != ANALYSIS)
    return (*kept, *(office.copy_column for office in offices), columns[-1])
