"""三、本周新增、整改、销号、退回 and 四、超期和待核验 of the weekly report."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from duzhan.compliance.breakdown import UNSAID, together
from duzhan.compliance.waiting_claims import PATIENCE
from duzhan.report import words
from duzhan.report.weekly.phrases import clauses, sentence, who
from duzhan.report.weekly.tables import Part, ReportTable, grid
from duzhan.report.words.escalation import escalated
from duzhan.report.words.issues import described, identified, shortened
from duzhan.report.words.rechecks import granted

Line = TypeVar("Line")

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.compliance.flow import Flow, Movement
    from duzhan.compliance.issue_list import IssueList
    from duzhan.compliance.waiting_claims import Waiting
    from duzhan.compliance.week_report import WeekReport

# A page names the worst; the whole list goes to each group by mail.
OVERDUE_SHOWN = 12
CLAIMS_SHOWN = 8
_HARDLY_MORE = 3
# Fewer issues need no analysis; of more the largest shares are named.
_ANALYSED = 5
_RANKED = 4


def flow(report: WeekReport) -> list[Part]:
    """What came and went, per county, and that it balances."""
    known = [one for one in report.flow if one.movement is not None]
    if not known:
        return ["没有问题清单，本周增减无从统计。"]
    told: list[Part] = [f"本周{who(report)}{_movement(report.total)}"]
    if report.county is None:
        told.append(flow_table(report))
    return [*told, *_granted(report), *_analysis(report)]


def _granted(report: WeekReport) -> list[Part]:
    """The extensions approved in the week, each with its new deadline and who approved it."""
    if not report.granted:
        return []
    shown = "；".join(granted(one) for one in report.granted[:CLAIMS_SHOWN])
    more = "等" if len(report.granted) > CLAIMS_SHOWN else ""
    return [f"本周批准延期{len(report.granted)}件：{shown}{more}。"]


def _analysis(report: WeekReport) -> list[Part]:
    """What is left, by action; of a county also whose it is."""
    left = report.total.closing
    if left < _ANALYSED:
        return []
    actions = together(one.actions for one in report.breakdown)
    begin = f"期末未销号的{left}件，"
    parts = []
    if any(word != UNSAID for word, _ in actions):
        parts.append(f"{begin}按{report.wording.action}分：{_ranked(actions, '项')}")
    if report.county is not None:
        parts.append(
            f"{'' if parts else begin}责任单位：{_ranked(report.breakdown[0].units, '个单位')}"
        )
    return [sentence(*parts, mark="；")] if parts else []


def _ranked(counted: Sequence[tuple[str, int]], unit: str) -> str:
    """The largest, and how many more there are."""
    # A single one that is left is named, too.
    cut = _RANKED if len(counted) > _RANKED + 1 else len(counted)
    shown, rest = "、".join(f"{word}{count}件" for word, count in counted[:cut]), counted[cut:]
    if not rest:
        return shown
    return f"{shown}，其余{len(rest)}{unit}共{sum(count for _, count in rest)}件"


def _movement(moved: Movement) -> str:
    kinds = (("新增问题", moved.new), ("销号", moved.closed), ("退回重改", moved.sent_back))
    came = f"（其中{moved.new_closed}件已销号）" if moved.new_closed else ""
    notes = {"新增问题": came}
    parts = [f"{verb}{count}件{notes.get(verb, '')}" for verb, count in kinds if count]
    none = [verb[:2] for verb, count in kinds if not count]
    if not parts:
        rest = f"未销号的仍为{moved.closing}件" if moved.closing else "问题已全部销号"
        return f"没有新增、销号和退回，{rest}。"
    nothing = f"没有{'和'.join(none)}" if none else ""
    return f"{clauses(*parts, nothing)}；{_balance(moved)}。"


def _balance(moved: Movement) -> str:
    """What was there and what is left, and that the sum is right."""
    sums = f"（{moved.opening}+{moved.new}-{moved.closed}+{moved.sent_back}={moved.closing}）"
    if not moved.closing:
        return f"问题已全部销号{sums}"
    if not moved.opening:
        return f"期末未销号的{moved.closing}件{sums}"
    if moved.opening == moved.closing:
        return f"未销号的仍为{moved.closing}件{sums}"
    return f"未销号的由上期{moved.opening}件变为{moved.closing}件{sums}"


def flow_table(report: WeekReport) -> ReportTable:
    """Opening, new, closed, sent back, closing, and their sums."""
    columns = f"{report.wording.unit} 上期未销号> 本周新增> 本周销号> 本周退回> 期末未销号>"
    rows = [_flow_row(one) for one in report.flow]
    if len(rows) > 1:
        moved = report.total
        rows.append(("合计", *map(str, _figures(moved))))
    if report.granted:
        columns += " 本周延期>"
        extended = Counter(one.county for one in report.granted)
        numbers = [extended[one.county.name] for one in report.flow]
        numbers += [len(report.granted)] * (len(rows) - len(numbers))
        rows = [(*row, str(number)) for row, number in zip(rows, numbers, strict=True)]
    return grid("", columns, rows)


def _flow_row(one: Flow) -> tuple[str, ...]:
    if one.movement is None:
        return (one.county.name, "无数据", *[words.NONE] * 4)
    return (one.county.name, *map(str, _figures(one.movement)))


def _figures(moved: Movement) -> tuple[int, ...]:
    return moved.opening, moved.new, moved.closed, moved.sent_back, moved.closing


# ---------------------------------------------------------------- 四


def unsettled(report: WeekReport) -> list[Part]:
    """Overdue issues, the counties' debt; and claims that wait too long, the groups'."""
    return [*_overdue(report), *_claims(report)]


def _overdue(report: WeekReport) -> list[Part]:
    late = report.overdue
    if not late:
        if not any(status.has_data for status in report.status.counties):
            return ["没有问题清单，超期情况无从统计。"]
        return ["没有超期问题。"]
    return [
        sentence(f"超期问题{len(late)}件{_owners(report)}", _longest(late))
        + "".join(escalated(late.days_overdue.tolist(), report.steps, report.wording)),
        overdue_table(report),
    ]


def _owners(report: WeekReport) -> str:
    if report.county is not None:
        return ""
    counts = {s.county.name: s.counts.overdue for s in report.status.counties if s.counts}
    owners = sorted((n for n in counts if counts[n]), key=lambda name: -counts[name])
    if len(owners) == 1:
        return f"，都在{owners[0]}"
    shares = "、".join(f"{name}{counts[name]}件" for name in owners)
    return f"，涉及{len(owners)}个{report.wording.unit}：{shares}"


def _longest(late: IssueList) -> str:
    every = late.days_overdue
    days = int(every[0])
    longest = int((every == days).sum())
    if longest == len(late):
        return f"{'均' if len(late) > 1 else ''}已超期{days}天"
    if longest > 1:
        return f"最久的{longest}件已超期{days}天"
    which = late[0].id or "1件"
    if which.isdigit():
        which = f"（编号{which}）"
    return f"最久的{which}已超期{days}天"


def _worst(lines: Sequence[Line], most: int) -> Sequence[Line]:
    """The first ones; all, if hardly more are left than a line that says so would take."""
    return lines if len(lines) <= most + _HARDLY_MORE else lines[:most]


def overdue_table(report: WeekReport) -> ReportTable:
    """Overdue issues, longest first, with who is responsible."""
    shown = _worst(report.overdue, OVERDUE_SHOWN)
    title = "超期问题"
    if len(report.overdue) > len(shown):
        title = f"超期问题（列出最久的{len(shown)}件，共{len(report.overdue)}件）"
    where = "" if report.county else f"{report.wording.unit} "
    rows = [
        (
            *(() if report.county else (line.county,)),
            identified(line),
            described(line),
            shortened(line.unit) or words.NONE,
            words.month_day(line.due_on),
            f"{line.days_overdue}天",
        )
        for line in shown
    ]
    return grid(title, f"{where}编号 问题+ 责任单位+ 期限 超期>", rows)


def _claims(report: WeekReport) -> list[Part]:
    claims, debts = report.claims, report.debts
    if not claims:
        return ["没有等待核验的问题。"] if report.overdue else []
    waiting = f"已报整改完成、等待{report.wording.group}核验的{len(claims)}件"
    if not debts:
        return [f"{waiting}，{'均' if len(claims) > 1 else ''}未超过{PATIENCE}天。"]
    groups = debts.issues.by_county
    which = {g.county.name: g.group.name for g in report.duties}
    if len(debts) == len(claims):
        over = f"等候{'均' if len(debts) > 1 else '已'}超过{PATIENCE}天"
    else:
        over = f"其中{len(debts)}件等候超过{PATIENCE}天"
    owed = "、".join(f"{which[county]}{count}件" for county, count in groups.items())
    ask = (
        f"请{f'各{report.wording.group}' if len(groups) > 1 else which[next(iter(groups))]}抓紧核验"
    )
    per_group = f"（{owed}）" if len(groups) > 1 else ""
    return [
        sentence(
            clauses(waiting, f"{over}{per_group}"), f"属{report.wording.group}应办事项，{ask}"
        ),
        claims_table(report),
    ]


def claims_table(report: WeekReport) -> ReportTable:
    """Claims that wait too long, longest first."""
    shown = _worst(report.debts, CLAIMS_SHOWN)
    title = f"等候核验超过{PATIENCE}天的问题"
    if len(report.debts) > len(shown):
        title = f"{title}（列出最久的{len(shown)}件，共{len(report.debts)}件）"
    where = "" if report.county else f"{report.wording.unit} "
    return grid(
        title,
        f"{where}编号 问题+ 责任单位+ 已等候>",
        [_claim_row(claim, alone=report.county is not None) for claim in shown],
    )


def _claim_row(claim: Waiting, *, alone: bool) -> tuple[str, ...]:
    issue = claim.issue
    where = () if alone else (issue.county,)
    unit = shortened(issue.unit) or words.NONE
    return (*where, identified(issue), described(issue), unit, f"{claim.days}天")
