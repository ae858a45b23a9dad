"""An assessment item by item: an office's own scoring workbook goes in as it is, or not at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.dataset.layouts import score_sheet_layout
from duzhan.dataset.names import county_of_file, find_county
from duzhan.dataset.record_cells import context_of, words_of
from duzhan.dataset.records import load_records
from duzhan.dataset.score_items import AssessmentWords, Key, read_assessments
from duzhan.errors import DuzhanError, UsageError
from duzhan.intake.refusals import NotAListError, RefusedFileError
from duzhan.intake.text import shorten, squash
from duzhan.model import plain_number
from duzhan.register.item_scoring import score_items
from duzhan.register.record_files import RecordFile
from duzhan.register.recorded_items import RecordedItems
from duzhan.register.score_sheet import read_score_sheet
from duzhan.register.typed_values import checked_day, checked_text, checked_word
from duzhan.report.sheets.score_form import BlankScoring
from duzhan.store.entries import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from duzhan.campaign.changing import Workplace
    from duzhan.model import Score, Standard
    from duzhan.register.item_scoring import ItemRow, ItemScoring
    from duzhan.register.score_sheet import ScoreSheet
    from duzhan.store.transaction import Store


@dataclass(frozen=True, slots=True)
class Assessed:
    """Which assessment a workbook is, as somebody typed it; None where the workbook says so.

    Attributes:
        columns: column to headings that mean it in this workbook.
    """

    county: str | None = None
    day: str | None = None
    assessor: str | None = None
    milestone: str | None = None
    by: str | None = None
    remark: str = ""
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)


def record_items(
    place: Workplace, file: Path, assessed: Assessed, *, dry_run: bool = False
) -> RecordedItems:
    """Enter an assessment item by item from a scoring workbook.

    A workbook that would not count (an item missing, double, unknown or impossible) is
    refused as a whole. One that differs from the total in scores.csv goes in: both are
    reported, and the smaller counts (SPEC section 4).

    Args:
        place: the dataset.
        file: the workbook.
        assessed: which assessment it is, as far as somebody said so.
        dry_run: judge and write nothing.

    Raises:
        UsageError: nobody says which assessment it is.
        DuzhanError: no standard, a file that cannot be read, one that says otherwise than the
            command line, or an assessment that is on record already.
    """
    standard = _standard(place)
    sheet = _read(place, file, assessed.columns)
    key = _key(place, sheet, assessed)
    asked = standard.items_of(key.assessor, key.day)
    if not asked:
        raise DuzhanError(f"standard.yaml 里没有 {key.day} {key.assessor}评估的分项")
    others = [item for item in standard.items if item not in asked]
    scoring = score_items(sheet, asked, others, place.terms.reading.dates.is_empty)
    _refuse_outside(scoring, place)
    with place.hold(dry_run=dry_run) as store:
        known = _on_record(place, key)
        wanted = not (dry_run or scoring.problems)
        if wanted:
            _stage(place, store, key, scoring, assessed)
            store.commit(command="record")
    return RecordedItems(scoring, key, standard.name, wanted, known)


def blank_scoring(place: Workplace, assessed: Assessed) -> BlankScoring:
    """The blank sheet of an assessment, from the standard.

    Args:
        place: the dataset.
        assessed: which assessment it is; day and assessor are given.

    Raises:
        UsageError: there are no such day, assessor, county or milestone.
        DuzhanError: no standard, or no items for that assessment.
    """
    standard, rules = _standard(place), place.dataset.rules
    day = checked_day(assessed.day or "", "--date", place.terms)
    assessor = checked_word(assessed.assessor or "", "评估方", rules.vocabularies.assessors)
    items = standard.items_of(assessor, day)
    if not items:
        raise DuzhanError(f"standard.yaml 里没有 {day} {assessor}评估的分项")
    county = "" if assessed.county is None else place.required_county(assessed.county).name
    milestone = "" if assessed.milestone is None else _milestone(assessed.milestone, place)
    unit = rules.wording.unit
    return BlankScoring(standard.name, items, county, day, assessor, milestone, unit)


def _standard(place: Workplace) -> Standard:
    standard = place.dataset.rules.standard
    if standard is None:
        raise DuzhanError(
            "数据集里没有 standard.yaml，不知道有哪些分项、各多少分；"
            "请先按考核方的评分表写好（例子见 duzhan init --from 卫生县城创建攻坚）"
        )
    return standard


def _read(place: Workplace, file: Path, told: Mapping[str, Sequence[str]]) -> ScoreSheet:
    layout = score_sheet_layout(place.dataset.rules, told)
    try:
        return read_score_sheet(file, layout, place.terms.reading.dates)
    except NotAListError as error:
        raise DuzhanError(f"{file.name} 是{error.what}，不是评分表，{error.remedy}") from None
    except RefusedFileError as error:
        raise DuzhanError(f"{file.name}：{error.message}") from None


# ---------------------------------------------------------------- which assessment it is


def _key(place: Workplace, sheet: ScoreSheet, assessed: Assessed) -> Key:
    """Put together what the command line and the workbook say; they must not differ."""
    unit = place.dataset.rules.wording.unit
    county = _agreed(unit, "--county", _counties(place, sheet, assessed))
    day = _agreed("日期", "--date", _days(place, sheet, assessed))
    assessor = _agreed("评估方", "--assessor", _assessors(place, sheet, assessed))
    milestones = _milestones(place, sheet, assessed)
    milestone = _agreed("考核节点", "--milestone", milestones) if milestones else None
    return Key(dt.date.fromisoformat(day), county, assessor, milestone)


def _agreed(what: str, option: str, said: Sequence[str]) -> str:
    told = list(dict.fromkeys(said))
    if not told:
        raise UsageError(f"不知道这张评分表的{what}：表里没有写，请加上 {option}")
    if len(told) > 1:
        raise DuzhanError(f"{what}不一致：{'、'.join(told)}；一张评分表只能是一次评估，请核对")
    return told[0]


def _counties(place: Workplace, sheet: ScoreSheet, assessed: Assessed) -> list[str]:
    """Whose assessment it is, as the command line, the sheet, its titles and its name say."""
    roster = place.dataset.roster
    said = [find_county(text, roster) for text in sheet.about[col.COUNTY]]
    said += [county_of_file(title, roster) for title in (*sheet.titles, sheet.file)]
    if assessed.county is not None:
        said.insert(0, place.required_county(assessed.county))
    return [one.name for one in said if one is not None]


def _days(place: Workplace, sheet: ScoreSheet, assessed: Assessed) -> list[str]:
    said = [(text, f"{sheet.file} 的“{col.DAY}”") for text in sheet.about[col.DAY]]
    if assessed.day is not None:
        said.append((assessed.day, "--date"))
    return [checked_day(text, where, place.terms).isoformat() for text, where in said]


def _assessors(place: Workplace, sheet: ScoreSheet, assessed: Assessed) -> list[str]:
    """Who assessed; a sheet that calls the assessor by no known word says nothing."""
    terms = place.dataset.rules.vocabularies.assessors
    words = words_of(terms)
    said = [word for text in sheet.about[col.ASSESSOR] if (word := words.get(squash(text)))]
    if assessed.assessor is not None:
        said.append(checked_word(assessed.assessor, "评估方", terms))
    return said


def _milestones(place: Workplace, sheet: ScoreSheet, assessed: Assessed) -> list[str]:
    milestones = place.dataset.rules.milestones
    known = {squash(name): one.id for one in milestones for name in (one.id, one.name)}
    said = [one for text in sheet.about[col.MILESTONE] if (one := known.get(squash(text)))]
    if assessed.milestone is not None:
        said.append(_milestone(assessed.milestone, place))
    return said


def _milestone(typed: str, place: Workplace) -> str:
    """The id of a milestone, by its id or name."""
    milestones = place.dataset.rules.milestones
    known = {squash(name): one.id for one in milestones for name in (one.id, one.name)}
    if squash(typed) not in known:
        names = "、".join(one.id for one in milestones)
        raise UsageError(f"没有“{shorten(typed)}”这个考核节点，可用的有：{names}")
    return known[squash(typed)]


# ---------------------------------------------------------------- on record


def _refuse_outside(scoring: ItemScoring, place: Workplace) -> None:
    scale = place.dataset.rules.score_range
    if scale is None:
        raise UsageError("这次行动没有评分，milestones.yaml 里没有 score_range")
    low, high = scale
    if not scoring.problems and not low <= scoring.total <= high:
        total = plain_number(scoring.total)
        raise DuzhanError(f"分项合计{total}分，不在评分范围{low}至{high}内，不会被计入")


def _on_record(place: Workplace, key: Key) -> tuple[Score, ...]:
    """What scores.csv has of that county, day and assessor.

    Raises:
        DuzhanError: the assessment is in score_items.csv already.
    """
    dataset = place.dataset
    context = context_of(dataset.rules, dataset.roster)
    words = AssessmentWords.of(dataset.rules)
    for one in read_assessments(dataset.root, context, words):
        if one.key == key:
            raise DuzhanError(
                f"{col.SCORE_ITEMS} 第{one.line}行起已有 {key.day} {key.county} {key.assessor}"
                "的这次评估；要更正请改那里的分项，不要再记一次"
            )
    records, _ = load_records(dataset.root, dataset.roster, dataset.rules)
    same = (key.day, key.county, key.assessor)
    return tuple(one for one in records.scores if (one.day, one.county, one.assessor) == same)


def _stage(
    place: Workplace, store: Store, key: Key, scoring: ItemScoring, assessed: Assessed
) -> None:
    remark = checked_text(assessed.remark, "--remark", place.terms)
    who = assessed.by and checked_text(assessed.by, "--by", place.terms, required=True)
    rows = [_row(one, key, remark) for one in scoring.taken]
    origins = [Origin(scoring.sheet.file, one.row.sheet, one.row.line) for one in scoring.taken]
    file = RecordFile(store, place.dataset, col.SCORE_ITEMS, place.terms)
    file.stage_all(rows, again=True, by=who, origins=origins)


def _row(one: ItemRow, key: Key, remark: str) -> dict[str, str]:
    unit = one.row.text(col.UNIT)
    said: Sequence[str] = (remark, f"{col.UNIT}：{unit}" if unit else "", one.row.text(col.REMARK))
    return {
        col.DAY: key.day.isoformat(),
        col.COUNTY: key.county,
        col.ASSESSOR: key.assessor,
        col.MILESTONE: key.milestone or "",
        col.ITEM: one.item.name,
        col.POINTS: str(plain_number(one.points)),
        col.WHY: one.row.text(col.WHY),
        col.REMARK: col.JOINT.join(text for text in said if text),
    }
