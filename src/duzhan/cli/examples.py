"""What the end of a command's help shows: how it is written, in the words of this campaign.

A test parses every line, and asks every command for one.
"""

from __future__ import annotations

EXAMPLES: dict[str, tuple[str, ...]] = {
    "init": ("duzhan init 督战数据", "duzhan init 试用 --sample"),
    "import": (
        "duzhan import 富宁县.xlsx --by 李四",
        "duzhan import 报来的清单.zip --dry-run",
        "duzhan import 清单.xls --county 富宁 --column 问题描述=隐患描述",
    ),
    "check": ("duzhan check",),
    "status": (
        "duzhan status",
        "duzhan status --county 富宁 --as-of 6月27日",
        "duzhan status --json --exit-code",
    ),
    "overdue": (
        "duzhan overdue --due-within 3",
        "duzhan overdue --county 富宁 --xlsx 富宁超期.xlsx",
        "duzhan overdue --email --dry-run",
    ),
    "issues": (
        "duzhan issues --state 待核验 --county 富宁",
        "duzhan issues --action 扫厕所 --text 农贸市场 --csv 公厕.csv",
    ),
    "weekly-report": (
        "duzhan weekly-report --brief",
        "duzhan weekly-report --week 6月27日 --format docx --format html --output 周报",
        "duzhan weekly-report --email --dry-run",
    ),
    "visit": ("duzhan visit --county 富宁 -o 富宁核查单.docx", "duzhan visit -o 核查单"),
    "forecast": ("duzhan forecast", "duzhan forecast --county 富宁"),
    "close": ("duzhan close 富宁-0001 富宁-0002 --on 6月25日 --by 张三",),
    "reopen": ("duzhan reopen 富宁-0001 --on 6月25日 --reason 现场仍有积水",),
    "amend": (
        "duzhan amend 富宁-0001 责任单位 富宁县城市管理局 --by 张三 --reason 原来写错了",
        'duzhan amend 富宁-0001 销号日期 "" --by 张三 --reason 误填',
    ),
    "extend": ("duzhan extend 富宁-0001 --to 7月15日 --on 6月25日 --by 张三 --reason 汛期停工",),
    "withdraw": (
        "duzhan withdraw 富宁-0009 --by 张三 --reason 与另一件重复 --same-as 富宁-0001",
        "duzhan withdraw 富宁-0009 --by 张三 --reason 撤销错了 --undo",
    ),
    "evidence": (
        "duzhan evidence 富宁-0001 整改后.jpg --kind 整改后 --by 李四",
        "duzhan evidence --county 富宁",
        "duzhan evidence --county 富宁 --sheet -o 富宁对照表.docx",
        "duzhan evidence --verify",
    ),
    "record": ("duzhan record supervision --county 富宁 --date 6月25日 --method 实地督战",),
    "supervision": (
        "duzhan record supervision --county 富宁 --date 6月25日 --method 实地督战 --leader 李云龙",
    ),
    "report": (
        "duzhan record report --county 富宁 --on 6月25日 --complete",
        "duzhan record report --county 富宁 --week 6月20日 --on 6月21日 --to-group --analysis",
    ),
    "score": ("duzhan record score --county 富宁 --date 6月25日 --assessor 州级 --points 742",),
    "deliverable": (
        "duzhan record deliverable --county 富宁 --task 病媒 --on 6月28日 --accepted-by 省爱卫办",
    ),
    "recheck": (
        "duzhan record recheck --county 富宁 --id 富宁-0001 --on 6月25日 --result 属实 --by 张三",
    ),
    "history": ("duzhan history 富宁-0001",),
    "form": ("duzhan form --county 富宁 -o 富宁县填报.xlsx", "duzhan form -o 填报"),
    "letter": (
        "duzhan letter 督办函 --county 富宁 -o 督办函.docx",
        "duzhan letter 整改通知单 富宁-0001",
    ),
    "calendar": ("duzhan calendar --county 富宁 -o 富宁.ics",),
    "doctor": ("duzhan doctor", "duzhan doctor --max-age 2"),
    "export": ("duzhan export --parquet 导出",),
    "dashboard": ("duzhan dashboard -o 督战.html", "duzhan dashboard --county 富宁 -o 富宁.html"),
    "milestones": ("duzhan milestones",),
    "groups": ("duzhan groups --county 富宁",),
}


def examples(name: str) -> str | None:
    """The examples of a command, a line each; None if it has none."""
    return (
        "\n".join(("例：", *(f"  {line}" for line in EXAMPLES[name]))) if name in EXAMPLES else None
    )
