"""What stands in a calendar: milestones, weekly duties, the deadlines of issues."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import TYPE_CHECKING

from duzhan.report.calendar import CalendarEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duzhan.campaign.standing import Campaign

_SUNDAY = dt.timedelta(days=6)
_PARTS = re.compile(r"[；;、\s]+")


def calendar_of(campaign: Campaign) -> bytes:
    """Write the calendar of a campaign, or of one county.

    Args:
        campaign: as of which day, and whose.
    """
    from duzhan.report.calendar import calendar
    from duzhan.version import VERSION

    rules = campaign.dataset.rules
    whose = campaign.county.name if campaign.county else ""
    name = f"{whose}{rules.wording.supervise}日历"
    entries = [*_milestones(campaign), *_duties(campaign), *_deadlines(campaign)]
    return calendar(name, entries, campaign.day, VERSION)


def _milestones(campaign: Campaign) -> Iterator[CalendarEntry]:
    rules = campaign.dataset.rules
    for milestone in rules.milestones:
        asked = [
            f"{rule.name}{f' {rule.required} 以上' if rule.required else ''}"
            f"{'（解释值）' if rule.interpreted else ''}"
            for rule in milestone.requirements
        ]
        source = f"{rules.notice.number} {milestone.clause}"
        yield CalendarEntry(
            (rules.name, "milestone", milestone.id),
            milestone.deadline,
            f"节点截止：{milestone.name}",
            "\n".join([*asked, milestone.sentence, source]),
        )


def _duties(campaign: Campaign) -> Iterator[CalendarEntry]:
    """Each weekly duty on the last day of its week; the last week may be cut short."""
    rules = campaign.dataset.rules
    for duty in rules.duties:
        yield CalendarEntry(
            (rules.name, "duty", duty.id),
            rules.duties_from + _SUNDAY,
            f"本周内完成：{duty.name}",
            f"{duty.sentence}\n{rules.notice.number} {duty.clause}",
            weekly_until=rules.end,
        )


def _deadlines(campaign: Campaign) -> Iterator[CalendarEntry]:
    """The deadline of every issue that has one; closed and withdrawn ones are cancelled."""
    import pyarrow as pa

    from duzhan import columns as col
    from duzhan.compliance.states import ABSENT, CLOSED, standing

    ledger, rules = campaign.ledger, campaign.dataset.rules
    now = standing(ledger.facts, campaign.day)
    there = now.state != ABSENT
    columns = [col.ID, col.DESCRIPTION, col.LOCATION, col.UNIT, col.PERSON, col.FOUND]
    columns += [col.CLOSED, col.SENT_BACK, col.WITHDRAWN]
    texts = ledger.cells.select(columns).take(pa.array(now.rows[there])).to_pylist()
    moved = _moved(campaign)
    rows = list(
        zip(
            texts,
            now.county[there].tolist(),
            now.due[there].tolist(),
            now.state[there].tolist(),
            ledger.facts.extended_by(now.rows[there], now.day).tolist(),
            strict=True,
        )
    )
    ids = Counter((county, cells[col.ID].strip()) for cells, county, *_ in rows)
    for cells, county, due, state, extended in rows:
        if not due:
            continue
        name, number = ledger.counties[county].name, cells[col.ID].strip()
        known = (number,) if number and ids[county, number] == 1 else ()
        key = known or tuple(cells[column].strip() for column in [*columns[:3], col.FOUND])
        closings = [part for part in _PARTS.split(cells[col.CLOSED]) if part]
        returns = [part for part in _PARTS.split(cells[col.SENT_BACK]) if part]
        what = " ".join(cells[col.DESCRIPTION].split()) or "（没有写问题描述）"
        yield CalendarEntry(
            (rules.name, "issue", name, *key),
            dt.date.fromordinal(due),
            f"整改到期：{name} {number or '（无编号）'} {what}",
            "\n".join(
                f"{column}：{cells[column].strip()}"
                for column in (col.DESCRIPTION, col.UNIT, col.PERSON)
                if cells[column].strip()
            ),
            sequence=extended + len(closings) + len(returns) + moved.get((name, number), 0),
            settled=state == CLOSED or bool(cells[col.WITHDRAWN].strip()),
            place=" ".join(cells[col.LOCATION].split()),
        )


def _moved(campaign: Campaign) -> Mapping[tuple[str, str], int]:
    """How often each issue's 整改期限 was changed, as the journal tells."""
    from duzhan import columns as col
    from duzhan.store.journal import read_journal

    times = Counter[tuple[str, str]]()
    for line in read_journal(campaign.dataset.root):
        entry = line.entry
        changed = entry.action == "changed" and any(c.column == col.DUE for c in entry.changes)
        if changed and entry.county and entry.id:
            times[entry.county, entry.id] += 1
    return times
