"""An escalation step remembers the issue that it told of, not its number alone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from duzhan.deliver.attempts import Record
from duzhan.deliver.jobs import plan_overdue
from duzhan.deliver.plans import Basis, Due, digest_of
from duzhan.intake.text import squash
from duzhan.model import County, EscalationStep, Group
from small import issue_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.compliance.issue_list import IssueLine

COUNTY = County("532628", "富宁县")
GROUP = Group("funing", "富宁县督战组", COUNTY, (), "", (), leader_recipients=("l@example.cn",))
STEP = EscalationStep("escalate", "升级督办", 8, ("leaders",))
DAY = dt.date(2021, 7, 15)


# As the first edition recorded a step: by the number alone.
OLD = digest_of([COUNTY.code, squash("富宁-0001")])[:16]
OLD_NAME: dict[str, object] = {
    "kind": "step:escalate",
    "county": COUNTY.code,
    "period": "",
    "version": 1,
    "digest": "0" * 32,
}


def line(identifier: str, words: str, place: str = "北门") -> IssueLine:
    return issue_line(identifier, words, place)


def due(record: Record, *lines: IssueLine) -> list[Due]:
    plan = plan_overdue(lines, [GROUP], DAY, Basis(record, steps=(STEP,)))
    return [one for one in plan.due if one.step is not None]


def told(record: Record, issues: Sequence[str], name: dict[str, object], event: str) -> None:
    record.take(
        {
            "event": event,
            "mail": name,
            "message_id": "x",
            "to": ["l@example.cn"],
            "issues": list(issues),
            "time": "2021-07-15T08:00:00+08:00",
        }
    )


def tell(record: Record, one: Due) -> None:
    name: dict[str, object] = {key: getattr(one.name, key) for key in one.name.__slots__}
    told(record, one.issues, name, "sent")


def test_a_number_given_to_another_issue_later_is_told_of_and_the_same_issue_is_not() -> None:
    record = Record()
    (first,) = due(record, line("富宁-0001", "占道经营"))
    tell(record, first)
    assert due(record, line("富宁-0001", "占道经营　")) == []
    (other,) = due(record, line("富宁-0001", "公厕无水"))
    tell(record, other)
    (elsewhere,) = due(record, line("富宁-0001", "公厕无水", "南门"))
    assert len({first.name, other.name, elsewhere.name}) == 3
    assert due(record, line("富宁-0001", "公厕无水")) == []


def test_a_record_of_numbers_alone_is_still_understood() -> None:
    record = Record()
    told(record, [OLD], OLD_NAME, "sent")
    assert due(record, line("富宁-0001", "占道经营")) == []
    (later,) = due(record, line("富宁-0001", "占道经营"), line("富宁-0002", "公厕无水"))
    assert [one.id for one in later.lines] == ["富宁-0002"]


def test_an_old_line_in_doubt_is_settled_by_a_new_one() -> None:
    from duzhan.deliver.unknown_fates import in_doubt

    record = Record()
    told(record, [OLD], OLD_NAME, "unknown")
    assert due(record, line("富宁-0001", "占道经营")) == []
    assert len(in_doubt(record)) == 1
    plan = plan_overdue(
        [line("富宁-0001", "占道经营")], [GROUP], DAY, Basis(record, steps=(STEP,), resend=True)
    )
    tell(record, next(one for one in plan.due if one.step))
    assert in_doubt(record) == []
