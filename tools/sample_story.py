"""What befalls each county of the sample: how far behind it is, and when.

All of it is invented; only the people and their posts are those of the notice.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

START = dt.date(2021, 5, 1)
END = dt.date(2021, 12, 31)
MARK = "示例数据"

# Once a county has its house in order, inspections find a quarter as much,
# and it is mended within days.
QUIET_SHARE = 0.25
QUIET_LAG = (2, 6)


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2021-{text}")


class Wave(NamedTuple):
    """Issues that one inspection found.

    Attributes:
        first: the inspection's first day in the first county it visits.
        days: how long it stays.
        source: who found them.
        issues: how many it finds in a county of average size.
        late: it comes in the last days before a deadline.
    """

    first: dt.date
    days: int
    source: str
    issues: int
    late: bool = False


GUIDES, HONGHE, PROVINCE, ASSIGNED, GROUP = (
    "州级业务指导组",
    "红河州创卫指导组",
    "省爱卫专项办",
    "省州交办",
    "督战组督战发现",
)

WAVES = (
    Wave(_day("05-01"), 9, GUIDES, 34),
    Wave(_day("05-11"), 4, HONGHE, 14),
    Wave(_day("05-19"), 3, ASSIGNED, 8),
    Wave(_day("06-01"), 3, GROUP, 5),
    Wave(_day("06-05"), 4, PROVINCE, 18),
    Wave(_day("06-10"), 3, GROUP, 6),
    Wave(_day("06-14"), 2, HONGHE, 7),
    Wave(_day("06-22"), 2, GROUP, 2, late=True),
    Wave(_day("07-02"), 4, GUIDES, 12),
    Wave(_day("07-09"), 3, GROUP, 7),
    Wave(_day("07-13"), 2, ASSIGNED, 4),
    Wave(_day("07-23"), 2, GROUP, 1, late=True),
    Wave(_day("08-04"), 3, PROVINCE, 10),
    Wave(_day("08-10"), 2, GROUP, 4),
    Wave(_day("09-07"), 4, GUIDES, 7),
    Wave(_day("10-12"), 3, GROUP, 4),
    Wave(_day("10-26"), 3, ASSIGNED, 4),
    Wave(_day("11-15"), 4, HONGHE, 5),
    Wave(_day("12-06"), 3, PROVINCE, 4),
)


class Score(NamedTuple):
    """One assessment of a county; an empty milestone is told by the date."""

    day: dt.date
    assessor: str
    points: str
    milestone: str = ""


class Backlog(NamedTuple):
    """How many issues are not struck off on a day."""

    day: dt.date
    left: int


@dataclass(frozen=True)
class Story:
    """One county's campaign.

    Attributes:
        county: its name.
        size: issues, as a multiple of the average county's.
        backlog: what is left on the days that decide; closures are planned to fit.
        scores: its assessments.
        deliverables: completion days in the order of `DELIVERABLES`, "" for never.
        lag: days from finding to striking off, least and most.
        wait: days from the county's claim to striking off, least and most.
        late: share of the issues that miss their deadline.
        sent_back: share of the issues that are sent back once.
        unsigned: how many closures lack a verifier.
        undated: how many issues lack a deadline.
        calm: no inspection comes in the last days before a deadline.
        quiet_from: since when little is found and that is mended soon.
        unsupervised: ISO weeks without any supervision.
        remote: ISO weeks with telephone and video only.
        unreported: ISO weeks without a report.
        reported_late: ISO weeks whose report came after their Sunday.
        incomplete: ISO weeks whose report lacks a copy or the analysis.
    """

    county: str
    size: float
    backlog: tuple[Backlog, ...]
    scores: tuple[Score, ...]
    deliverables: tuple[str, ...]
    lag: tuple[int, int] = (4, 24)
    wait: tuple[int, int] = (1, 5)
    late: float = 0.2
    sent_back: float = 0.05
    unsigned: int = 0
    undated: int = 0
    calm: bool = False
    quiet_from: dt.date = END
    unsupervised: frozenset[int] = field(default_factory=frozenset)
    remote: frozenset[int] = field(default_factory=frozenset)
    unreported: frozenset[int] = field(default_factory=frozenset)
    reported_late: frozenset[int] = field(default_factory=frozenset)
    incomplete: frozenset[int] = field(default_factory=frozenset)


DELIVERABLES = (
    ("病媒生物防制通过省级验收", "省爱卫办"),
    ("省级慢性病综合防控示范区通过省级验收", "省卫生健康委"),
    ("爱国卫生组织管理各项工作指标全面完成", "州爱卫办"),
    ("管理、机制、档案等制度性工作要求全面完成和落实", "州爱卫专项办"),
    ("工程性建设项目全部完成", "州爱卫专项办"),
    ("迎接省级创卫评估验收", "省爱卫办"),
)


def _backlog(text: str) -> tuple[Backlog, ...]:
    pairs = (item.split("=") for item in text.split())
    return tuple(Backlog(_day(day), int(left)) for day, left in pairs)


def _scores(text: str) -> tuple[Score, ...]:
    rows = (item.split("/") for item in text.split())
    return tuple(Score(_day(day), *rest) for day, *rest in rows)


def _weeks(*weeks: int) -> frozenset[int]:
    return frozenset(weeks)


STORIES = (
    Story(  # the last engineering score comes late; the group stays away for four weeks
        "文山市",
        1.12,
        _backlog("05-31=5 06-25=6 06-30=4 07-31=2 08-31=1 09-30=2 11-08=3 11-30=2 12-31=1"),
        _scores(
            "05-28/州级/731/2021-05 06-10/县级自评/792 06-24/省级/758/2021-06 "
            "07-27/州级/812/2021-07 08-27/省州联合/846/2021-08 09-16/省州联合/858/2021-08 "
            "12-22/省级/866/2021-12"
        ),
        ("06-18", "06-24", "06-21", "07-23", "08-20", "12-22"),
        undated=2,
        unsupervised=_weeks(31, 32, 33, 34, 40),
        unreported=_weeks(27, 32, 33, 41),
        reported_late=_weeks(24, 30, 35, 44),
    ),
    Story(  # much is sent back; a wave of returns costs it August
        "砚山县",
        1.0,
        _backlog("05-31=5 06-25=7 06-30=4 07-31=2 08-31=4 10-12=1 11-30=3 12-31=1"),
        _scores(
            "05-27/州级/726/2021-05 06-26/红河州/753 07-28/州级/806/2021-07 "
            "08-15/县级自评/905 08-28/省州联合/853/2021-08 12-20/省州联合/862/2021-12"
        ),
        ("06-16", "06-27", "06-24", "07-27", "08-28", "12-23"),
        sent_back=0.3,
        unsigned=3,
        late=0.25,
        unsupervised=_weeks(38),
        reported_late=_weeks(26, 31, 36, 43),
        incomplete=_weeks(23, 24),
    ),
    Story(  # always early
        "西畴县",
        0.82,
        _backlog("05-20=2 05-31=0 06-19=1 06-30=0 07-20=0 07-31=0 08-20=0 12-20=0 12-31=0"),
        _scores(
            "05-19/州级/768/2021-05 06-17/省级/812/2021-06 07-16/州级/846/2021-07 "
            "08-18/省州联合/889/2021-08 12-17/省级/904/2021-12"
        ),
        ("06-11", "06-17", "06-09", "07-14", "08-12", "12-17"),
        lag=(2, 5),
        wait=(1, 2),
        late=0.0,
        sent_back=0.0,
        calm=True,
    ),
    Story(  # rectifies in time, but its claims wait for weeks until somebody verifies them
        "麻栗坡县",
        0.9,
        _backlog("05-31=5 06-25=6 06-30=4 07-31=5 08-24=1 08-31=1 09-30=1 10-25=0 11-12=0 12-31=0"),
        _scores(
            "05-29/州级/723/2021-05 06-28/省级/751/2021-06 07-29/州级/801/2021-07 "
            "08-26/省州联合/855/2021-08 12-21/省级/859/2021-12"
        ),
        ("06-22", "06-28", "06-20", "07-30", "08-24", "12-24"),
        lag=(16, 34),
        wait=(14, 30),
        quiet_from=_day("08-24"),
        late=0.02,
        sent_back=0.03,
        remote=_weeks(36, 37, 38, 39, 40, 41, 42),
        reported_late=_weeks(28, 29),
    ),
    Story(  # slips in July: the rate, the score and a deliverable
        "马关县",
        1.05,
        _backlog("05-31=5 06-25=7 06-30=4 07-31=8 08-24=1 08-31=1 09-30=0 11-08=1 12-31=1"),
        _scores(
            "05-28/州级/735/2021-05 06-27/红河州/756/2021-06 07-10/县级自评/835 "
            "07-30/州级/788/2021-07 08-26/省州联合/852/2021-08 12-23/省州联合/857/2021-12"
        ),
        ("06-19", "06-28", "06-25", "08-11", "08-30", "12-28"),
        unsigned=4,
        late=0.3,
        quiet_from=_day("08-24"),
        unsupervised=_weeks(28, 29),
        reported_late=_weeks(30),
        incomplete=_weeks(26, 27, 28),
    ),
    Story(  # slips in June, recovers in July
        "丘北县",
        1.0,
        _backlog("05-31=4 06-25=13 06-30=10 07-12=3 07-31=2 08-31=1 11-08=1 12-31=0"),
        _scores(
            "05-26/州级/741/2021-05 06-25/省级/751/2021-06 07-26/州级/808/2021-07 "
            "08-25/省州联合/861/2021-08 12-20/省级/868/2021-12"
        ),
        ("07-06", "06-26", "06-23", "07-24", "08-22", "12-20"),
        late=0.35,
        quiet_from=_day("07-12"),
        unsupervised=_weeks(25),
        unreported=_weeks(25, 26),
    ),
    Story(  # what its lists leave unreadable counts against it to the end
        "广南县",
        1.02,
        _backlog("05-31=2 06-25=4 06-30=3 07-31=2 08-31=1 11-08=3 12-31=1"),
        _scores(
            "05-27/州级/712/2021-05 06-05/县级自评/760 06-27/红河州/750/2021-06 "
            "07-30/州级/800 08-30/省州联合/850/2021-08 12-24/省州联合/851"
        ),
        ("06-29", "07-09", "06-28", "07-31", "10-20", "12-29"),
        unsigned=3,
        unreported=_weeks(24, 30, 31, 37, 45),
        reported_late=_weeks(22, 26, 33, 39),
        incomplete=_weeks(25, 34, 35),
    ),
    Story(  # mid-field: just misses on 25 June, just makes it on 30 June
        "富宁县",
        1.0,
        _backlog("05-31=4 06-25=6 06-30=4 07-31=2 08-31=1 09-30=2 11-08=3 12-31=1"),
        _scores(
            "05-30/州级/728/2021-05 06-08/县级自评/781 06-18/州级/742 06-24/省级/748/2021-06 "
            "06-29/红河州/755/2021-06 07-28/州级/803/2021-07 08-30/省州联合/850/2021-08 "
            "12-26/省级/854/2021-12"
        ),
        ("06-22", "06-29", "06-28", "07-29", "09-10", "12-26"),
        wait=(3, 10),
        unsigned=2,
        late=0.4,
        reported_late=_weeks(24, 32),
        incomplete=_weeks(23),
        unsupervised=_weeks(36),
    ),
)
