"""Points by item in words: what was lost, what changed, what would reach the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.report import words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from duzhan.compliance.points import CountyPoints, FewestItems, ItemPoints, LinkedIssues
    from duzhan.model import Score

# Of many items so many are named in a sentence.
NAMED = 5


def assessed(score: Score) -> str:
    """Which assessment, such as 7月10日省级评估."""
    return f"{words.month_day(score.day)}{score.assessor.removesuffix('评')}评估"


def total_words(told: CountyPoints) -> str:
    """The assessment, what was got and what was lost."""
    score = told.score
    got = "总分读不出来" if score.points is None else f"得{words.points(score.points)}分"
    said = f"{assessed(score)}{got}，分项共失{words.points(told.lost)}分"
    if told.unreadable:
        names = _listed([one.item.name for one in told.unreadable])
        said += f"，另有{len(told.unreadable)}个分项读不出来（{names}）"
    return said if told.is_latest else f"{said}；之后的评估没有分项"


def sentences(told: CountyPoints) -> list[str]:
    """What was lost in all, what reaches the line, what changed: those that say something."""
    plan = told.fewest
    every = (f"{total_words(told)}。", fewest_words(plan) if plan else "", change_words(told))
    return [one for one in every if one]


def fewest_words(plan: FewestItems) -> str:
    """The fewest items up to the line, by name, and what they bring, in two sentences."""
    number = len(plan.items)
    begin = f"距{plan.milestone.name}{words.points(plan.line)}分差{words.points(plan.wanted)}分"
    gain = f"可增加{words.points(plan.gain)}分"
    behind = issue_words(plan.issues)
    more = f"，{behind}" if behind else ""
    if not plan.reaches:
        return f"{begin}，失分的{number}项全部补齐{gain}，仍达不到{more}。"
    return f"{begin}，最少补齐{number}项：{named(plan.items)}。补齐这{number}项{gain}{more}。"


def gain_words(plan: FewestItems) -> str:
    """The same in a few words, for where there is little room."""
    first = plan.items[0].item.name
    which = f"“{first}”" if len(plan.items) == 1 else f"失分最多的{len(plan.items)}项"
    return f"补齐{which}（可增加{words.points(plan.gain)}分）"


def issue_words(issues: LinkedIssues | None) -> str:
    """The issues behind some items; nothing if no list links issues to items."""
    if issues is None:
        return ""
    if not issues.unsettled:
        return "没有对应的未销号问题"
    claimed = f"，其中{issues.claimed}件待核验" if issues.claimed else ""
    return f"对应未销号问题{issues.unsettled}件{claimed}"


def named(items: Sequence[ItemPoints], shown: int = NAMED) -> str:
    """Items with what each lost; of many the first ones."""
    told = "、".join(f"{one.item.name}（失{words.points(one.lost)}分）" for one in items[:shown])
    return told if len(items) <= shown else f"{told}等"


def change_words(told: CountyPoints) -> str:
    """What changed since the assessment before; nothing without one."""
    before = told.previous
    if before is None:
        return ""
    begin = f"与{assessed(before)}相比"
    risen = [f"{one.item.name}增{_size(one.change)}分" for one in told.better]
    fallen = [f"{one.item.name}减{_size(one.change)}分" for one in told.worse]
    parts = [_listed(some) for some in (risen, fallen) if some]
    if not parts:
        return f"{begin}，各分项得分没有变化。"
    return f"{begin}，{_moved(told, before)}{'；'.join(parts)}。"


def _moved(told: CountyPoints, before: Score) -> str:
    now, then = told.score.points, before.points
    if now is None or then is None or now == then:
        return ""
    return f"总分{'增' if now > then else '减'}{_size(now - then)}分，其中"


def _listed(parts: Sequence[str]) -> str:
    shown = "、".join(parts[:NAMED])
    return shown if len(parts) <= NAMED else f"{shown}等{len(parts)}项"


def signed(change: Fraction | None) -> str:
    """A change as tables show it: +3, -2.5, 0."""
    if change is None:
        return words.NONE
    return f"{'+' if change > 0 else '-' if change < 0 else ''}{_size(change)}"


def _size(change: Fraction | None) -> str:
    return words.NONE if change is None else words.points(abs(change))


def issue_cell(issues: LinkedIssues | None) -> str:
    """The number of issues that are not closed, and how many of them wait: 2（待核验1）."""
    if issues is None or not issues.unsettled:
        return words.NONE
    return f"{issues.unsettled}件" + (f"（待核验{issues.claimed}）" if issues.claimed else "")
