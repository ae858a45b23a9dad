"""One county's issues: found in waves, closed so that the story's backlogs come true."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sample_places import FITS, OWNERS, PLACES
from sample_story import END, MARK, QUIET_LAG, QUIET_SHARE, START, WAVES
from sample_words import SCENES

if TYPE_CHECKING:
    from sample_dice import Dice
    from sample_story import Story, Wave
    from sample_words import Scene

SPANS = (3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180, 250)


@dataclass
class Issue:
    """An issue while its life is being planned."""

    text: str
    place: str
    action: str
    source: str
    unit: str
    found: dt.date
    slow: bool
    stubborn: bool
    natural: dt.date
    due: dt.date | None = None
    closed: dt.date | None = None
    claims: list[dt.date] = field(default_factory=list)
    closures: list[dt.date] = field(default_factory=list)
    returns: list[dt.date] = field(default_factory=list)
    verifier: str = ""


def days(number: int) -> dt.timedelta:
    """That many days."""
    return dt.timedelta(days=number)


def issues_of(story: Story, dice: Dice, turn: int) -> list[Issue]:
    """Plan a county's issues.

    Args:
        story: what befalls the county.
        dice: its chance.
        turn: its place in the inspectors' round, 0 for the first day's county.
    """
    issues: dict[tuple[str, str], Issue] = {}
    for wave in WAVES:
        wanted = len(issues) + _size(wave, story)
        while len(issues) < wanted:
            issue = _found_issue(story, wave, dice, turn)
            issues.setdefault((issue.text, issue.place), issue)
    planned = sorted(issues.values(), key=lambda issue: issue.found)
    _close(planned, story, dice)
    for issue in planned:
        _claim(issue, story, dice)
        _set_due(issue, story, dice)
    _forget(planned, story)
    return planned


def _size(wave: Wave, story: Story) -> int:
    if wave.late and story.calm:
        return 0
    share = QUIET_SHARE if wave.first >= story.quiet_from else 1
    return round(wave.issues * story.size * share)


def _found_issue(story: Story, wave: Wave, dice: Dice, turn: int) -> Issue:
    delay = 0 if wave.late else turn % 4
    found = wave.first + days(delay + dice.between(0, wave.days - 1))
    action = dice.pick(tuple(SCENES))
    scene = dice.pick(SCENES[action])
    text, place, unit, slow = _problem(story.county, action, scene, dice)
    quick = wave.first >= story.quiet_from
    lag = dice.between(*(QUIET_LAG if quick else story.lag)) * (2 if slow and story.late else 1)
    stubborn = not quick and dice.happens(story.late / 3)
    natural = found + days(lag * (4 if stubborn else 1))
    return Issue(text, place, action, wave.source, unit, found, slow, stubborn, natural)


def _problem(county: str, action: str, scene: Scene, dice: Dice) -> tuple[str, str, str, bool]:
    """Draw a spot and a problem that can occur there: text, place, unit, whether it is slow."""
    while True:
        town, spot = _spot(county, action, scene, dice)
        texts = scene.texts + scene.slow_texts
        text = dice.pick(texts)
        if all(any(word in spot for word in spots) for key, spots in FITS.items() if key in text):
            unit = _owner(spot + text) or _answerable(county, town, scene, dice)
            return dice.fill(text), town + spot, _full(county, unit), text in scene.slow_texts


def _spot(county: str, action: str, scene: Scene, dice: Dice) -> tuple[str, str]:
    place = PLACES[county]
    if action == "清垃圾" and dice.happens(0.12):
        return "", dice.pick(place.landmarks)
    if dice.happens(0.65):
        return dice.pick(place.seat), dice.pick(scene.seat_spots)
    return dice.pick(place.towns), dice.pick(scene.town_spots)


def _owner(words: str) -> str | None:
    return next((unit for word, unit in OWNERS.items() if word in words), None)


def _answerable(county: str, town: str, scene: Scene, dice: Dice) -> str:
    seat = not town or town in PLACES[county].seat
    if town and dice.happens(0.2 if seat else 0.7):
        return town + ("办事处" if town.endswith("街道") else "人民政府")
    return dice.pick(scene.units)


def _full(county: str, unit: str) -> str:
    return unit if unit.endswith(("办事处", "政府")) else county + unit


def _close(issues: list[Issue], story: Story, dice: Dice) -> None:
    """Strike off as many issues by each of the story's days as leaves its backlog."""
    quickest = days(min(2, story.lag[0]))
    before = START
    closed = 0
    for day, left in story.backlog:
        need = sum(issue.found <= day for issue in issues) - left - closed
        waiting = [i for i in issues if i.closed is None and i.found + quickest <= day]
        if not 0 <= need <= len(waiting):
            raise ValueError(f"{story.county} {day}: {need} of {len(waiting)} cannot be closed")
        waiting.sort(key=lambda issue: issue.natural)
        for issue in waiting[:need]:
            earliest = max(before + days(1), issue.found + quickest)
            issue.closed = _closing_day(issue.natural, earliest, day, dice)
        closed += need
        before = day


def _closing_day(natural: dt.date, earliest: dt.date, latest: dt.date, dice: Dice) -> dt.date:
    """The natural day if it lies in the span, else one in it, the likelier the later."""
    day = natural
    if not earliest <= natural <= latest:
        share = max(dice.share(), dice.share())
        day = earliest + days(int(share * ((latest - earliest).days + 1)))
    weekend = max(0, day.weekday() - 4)
    return day - days(weekend) if day - days(weekend) >= earliest else day


def _claim(issue: Issue, story: Story, dice: Dice) -> None:
    """Date the county's claims, the closures, and what was sent back between them."""
    if issue.closed is None:
        if dice.happens(0.5) and issue.natural <= END:
            issue.claims = [min(issue.natural, END)]
        return
    wait = dice.between(*story.wait)
    claim = max(issue.closed - days(wait), issue.found + days(1))
    issue.claims, issue.closures = [claim], [issue.closed]
    room = (claim - issue.found).days
    if room >= 5 and dice.happens(story.sent_back):
        first = issue.found + days(dice.between(1, room - 4))
        back = first + days(dice.between(1, min(9, room - 3)))
        back = min(back, claim - days(1))
        issue.claims.insert(0, first)
        issue.returns = [back]
        decisive = any(first <= day < back for day, _ in story.backlog)
        if not decisive and dice.happens(0.5):
            issue.closures.insert(0, first)


def _set_due(issue: Issue, story: Story, dice: Dice) -> None:
    """Give a deadline that the county keeps, or in a share of the issues misses."""
    done = issue.claims[-1] if issue.claims else END
    needed = (done - issue.found).days
    kept = [span for span in SPANS if span >= needed]
    missed = [span for span in SPANS if span < needed]
    if missed and (issue.stubborn or dice.happens(story.late)):
        due = issue.found + days(dice.pick(missed[-2:]))
    else:
        due = issue.found + days(max(kept[0], 30 if issue.slow else dice.pick((5, 7, 10, 15))))
    issue.due = min(due, END)


def _forget(issues: list[Issue], story: Story) -> None:
    """Name who verified, save in the story's few unsigned closures; drop a few deadlines."""
    closed = [issue for issue in issues if issue.closures]
    for number, issue in enumerate(closed):
        unsigned = number % 23 == 11 and number // 23 < story.unsigned
        issue.verifier = "" if unsigned else f"{story.county}督战组"
    for issue in closed[5 : 5 + 20 * story.undated : 20]:
        issue.due = None


def as_row(issue: Issue, number: int, county: str) -> dict[str, str]:
    """Write an issue as a row of the county's ledger."""
    return {
        "编号": f"{county[:-1]}-{number:04d}",
        "问题描述": issue.text,
        "地点": issue.place,
        "专项行动": issue.action,
        "问题来源": issue.source,
        "责任单位": issue.unit,
        "责任人": "",
        "发现日期": issue.found.isoformat(),
        "整改期限": issue.due.isoformat() if issue.due else "",
        "整改完成日期": _dates(issue.claims),
        "销号日期": _dates(issue.closures),
        "退回日期": _dates(issue.returns),
        "核验人": issue.verifier,
        "备注": MARK + ("；工程项目" if issue.slow else ""),
    }


def _dates(events: list[dt.date]) -> str:
    return "；".join(day.isoformat() for day in events)
