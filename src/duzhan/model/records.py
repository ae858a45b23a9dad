"""Facts of the record files: assessments, deliverables, supervisions, extensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from fractions import Fraction

    from duzhan.model.rules import Item


@dataclass(frozen=True, slots=True)
class ItemScore:
    """What a county got for an item: `points` None if it cannot be read or cannot be."""

    item: Item
    points: Fraction | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """An assessment of a county, from scores.csv or item by item from score_items.csv.

    Attributes:
        points: the total; None if it could not be read.
        milestone: the one that it names; None if it names none.
        items: what was got for each item, in the standard's order; none if nobody said.
    """

    day: dt.date
    county: str
    assessor: str
    points: Fraction | None
    milestone: str | None
    items: tuple[ItemScore, ...] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    """A deliverable that a county completed, from deliverables.csv."""

    task: str
    county: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class Supervision:
    """A supervision by a group, from supervision.csv."""

    day: dt.date
    county: str
    method: str
    on_site: bool
    at_random: bool
    leader: str
    findings: str
    demands: str


@dataclass(frozen=True, slots=True)
class CountyReport:
    """A county's written weekly report, from county_reports.csv.

    Attributes:
        week: the Monday of the week reported on.
        complete: sent to the group, with its analysis, and copied to both offices.
        lacking: which of these it is not, by the columns' names.
    """

    week: dt.date
    county: str
    day: dt.date
    complete: bool
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extension:
    """An approved later deadline of an issue (延期), from extensions.csv.

    Attributes:
        id: 编号, without spaces around it.
        county: whose issue it is.
        approved_on: from this day on `until` is the deadline.
        until: 延至.
        approved_by: 批准人.
        reason: 理由.
        document: 文号.
        line: where it stands in the file.
    """

    id: str
    county: str
    approved_on: dt.date
    until: dt.date
    approved_by: str
    reason: str = ""
    document: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Recheck:
    """An on-site recheck of a closed issue (抽查复核), from rechecks.csv.

    Attributes:
        day: when it was looked at.
        county: whose issue it is.
        id: 编号, without spaces around it.
        true: whether the closure was found 属实; else it counts as sent back on `day`.
        by: 核查人.
        remark: 备注.
        line: where it stands in the file.
    """

    day: dt.date
    county: str
    id: str
    true: bool
    by: str
    remark: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """A photograph or paper about an issue (佐证材料), from evidence.csv. It closes nothing.

    Attributes:
        id: 编号, without spaces around it; "" for one that belongs to no known issue.
        county: whose issue it is.
        kind: 整改前, 整改后 or 其他.
        file: path in the dataset, with slashes, below ``evidence/``.
        digest: SHA-256 of the file in small hexadecimal letters.
        source: 来源: the file and place that it came from.
        received: 收到日期; on earlier days nobody had it.
        remark: 备注.
        line: where it stands in the file.
    """

    id: str
    county: str
    kind: str
    file: str
    digest: str
    source: str
    received: dt.date
    remark: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Records:
    """The usable rows of the four record files, in the files' order."""

    scores: tuple[Score, ...] = ()
    completions: tuple[Completion, ...] = ()
    supervisions: tuple[Supervision, ...] = ()
    reports: tuple[CountyReport, ...] = ()
