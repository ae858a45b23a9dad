"""Extensions of deadlines: rows of the register, refused if they would not count."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from duzhan import columns as col

if TYPE_CHECKING:
    import datetime as dt

    from duzhan.model import County


class Grant(NamedTuple):
    """A later deadline as it was approved.

    Attributes:
        until: the new deadline.
        by: who approved it.
        on: when.
        reason: why.
        document: number of the paper that says so.
        remark: anything else.
    """

    until: dt.date
    by: str
    on: dt.date
    reason: str
    document: str = ""
    remark: str = ""


def extension_row(
    identifier: str, county: County, old: dt.date | None, grant: Grant
) -> dict[str, str]:
    """A row of extensions.csv.

    Args:
        identifier: 编号.
        county: whose issue.
        old: the deadline before it; None if there was none.
        grant: the new one.
    """
    return {
        col.ID: identifier,
        col.COUNTY: county.name,
        "申请日期": "",
        "原期限": old.isoformat() if old else "",
        "延至": grant.until.isoformat(),
        "理由": grant.reason,
        "批准人": grant.by,
        "批准日期": grant.on.isoformat(),
        "文号": grant.document,
        col.REMARK: grant.remark,
    }
