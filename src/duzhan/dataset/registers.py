"""Extensions, rechecks and evidence: rows that can be used, and what is wrong with the others.

Whether a row counts, only the ledger can tell (SPEC section 3): see `granting` and `facts`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from duzhan import columns as col
from duzhan.dataset.record_cells import context_of, read_rows
from duzhan.intake.dateforms import why_refused
from duzhan.intake.text import shorten, squash
from duzhan.model import Evidence, Extension, Problem, Recheck

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from duzhan.dataset.record_cells import Row
    from duzhan.model import Roster, Rules

UNTIL, APPROVED_BY, APPROVED_ON = "延至", "批准人", "批准日期"
DAY, RESULT, CHECKED_BY = "日期", "结果", "核查人"
TRUE, UNTRUE = "属实", "不属实"

KIND, FILE, DIGEST, RECEIVED = "类别", "文件", "SHA-256", "收到日期"
BEFORE, AFTER, OTHER = "整改前", "整改后", "其他"
KINDS = (BEFORE, AFTER, OTHER)

BAD_EXTENSION, BAD_RECHECK, BAD_EVIDENCE = "bad-extension", "bad-recheck", "bad-evidence"
IGNORED = "，此行不计"

_SHA_256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Registers:
    """What extensions.csv, rechecks.csv and evidence.csv hold about the issues.

    Attributes:
        extensions: in the file's order.
        rechecks: likewise.
        evidence: likewise; those with 编号 "" belong to no known issue.
        counties: the roster's counties by name, in the order of their numbers in the ledger.
        problems: rows that cannot be used, whatever the ledger holds.
    """

    extensions: tuple[Extension, ...] = ()
    rechecks: tuple[Recheck, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    counties: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    def about(self, names: Collection[str]) -> Registers:
        """The entries of some counties; what cannot be used is anybody's."""
        return replace(
            self,
            extensions=tuple(one for one in self.extensions if one.county in names),
            rechecks=tuple(one for one in self.rechecks if one.county in names),
            evidence=tuple(one for one in self.evidence if one.county in names),
        )


def load_registers(
    root: Path, roster: Roster, rules: Rules, only: Collection[str] | None = None
) -> Registers:
    """Read the registers of extensions, rechecks and evidence.

    Args:
        root: the dataset's folder.
        roster: the known counties.
        rules: how cells are read.
        only: codes of the counties whose rows matter; None for all.
    """
    context = context_of(rules, roster)
    extensions = read_rows(root, context, col.EXTENSIONS, _extension)
    rechecks = read_rows(root, context, col.RECHECKS, _recheck)
    evidence = read_rows(root, context, col.EVIDENCE, _evidence)
    counties = tuple(county.name for county in roster.counties)
    found = Registers(
        tuple(extensions), tuple(rechecks), tuple(evidence), counties, tuple(context.problems)
    )
    ours = {county.name for county in roster.counties if only is None or county.code in only}
    return found.about(ours)


def _extension(row: Row) -> Extension | None:
    identifier = _needed(row, BAD_EXTENSION, col.ID)
    county = _county(row, BAD_EXTENSION)
    approved_by = _needed(row, BAD_EXTENSION, APPROVED_BY)
    approved_on = _day(row, BAD_EXTENSION, APPROVED_ON)
    until = _day(row, BAD_EXTENSION, UNTIL)
    if not row.usable or approved_on is None or until is None:
        return None
    reason, document = row.text("理由"), row.text("文号")
    return Extension(
        identifier, county, approved_on, until, approved_by, reason, document, row.line
    )


def _recheck(row: Row) -> Recheck | None:
    day = _day(row, BAD_RECHECK, DAY)
    county = _county(row, BAD_RECHECK)
    identifier = _needed(row, BAD_RECHECK, col.ID)
    result = squash(_needed(row, BAD_RECHECK, RESULT))
    if row.usable and result not in (TRUE, UNTRUE):
        message = f"“{shorten(result)}”应为：{TRUE} 或 {UNTRUE}"
        row.problem(RESULT, BAD_RECHECK, message, fatal=True)
    by = _needed(row, BAD_RECHECK, CHECKED_BY)
    if not row.usable or day is None:
        return None
    return Recheck(day, county, identifier, result == TRUE, by, row.text(col.REMARK), row.line)


def _evidence(row: Row) -> Evidence | None:
    county = _county(row, BAD_EVIDENCE)
    kind = squash(_needed(row, BAD_EVIDENCE, KIND))
    if row.usable and kind not in KINDS:
        message = f"“{shorten(kind)}”应为：{'、'.join(KINDS)}"
        row.problem(KIND, BAD_EVIDENCE, message, fatal=True)
    file = _needed(row, BAD_EVIDENCE, FILE)
    if row.usable and not _is_below_evidence(file):
        message = f"“{shorten(file)}”应是 {col.EVIDENCE_FILES}/ 下的一个文件"
        row.problem(FILE, BAD_EVIDENCE, message, fatal=True)
    digest = squash(_needed(row, BAD_EVIDENCE, DIGEST)).lower()
    if row.usable and not _SHA_256.fullmatch(digest):
        message = f"“{shorten(digest)}”应是 64 位十六进制的 SHA-256"
        row.problem(DIGEST, BAD_EVIDENCE, message, fatal=True)
    received = _day(row, BAD_EVIDENCE, RECEIVED)
    if not row.usable or received is None:
        return None
    identifier, source, remark = row.text(col.ID), row.text("来源"), row.text(col.REMARK)
    return Evidence(identifier, county, kind, file, digest, source, received, remark, row.line)


def _is_below_evidence(file: str) -> bool:
    """Whether a path leads to a file below ``evidence/``, and nowhere else on any system."""
    first, *rest = file.split("/")
    plain = all(part.strip(". ") and not set(part) & set('\\:*?"<>|') for part in rest)
    return first == col.EVIDENCE_FILES and bool(rest) and plain and file.isprintable()


def _needed(row: Row, code: str, column: str) -> str:
    """The text of a cell; one that is empty is reported, unless the row has been reported."""
    value = row.text(column)
    if not value and row.usable:
        row.problem(column, code, "没有填写", fatal=True)
    return value


def _county(row: Row, code: str) -> str:
    value = _needed(row, code, col.COUNTY)
    county = row.context.county_named(value) if value else None
    if value and county is None and row.usable:
        message = f"“{shorten(value)}”不是名册中的{row.context.roster.unit}"
        row.problem(col.COUNTY, code, message, fatal=True)
    return county.name if county else ""


def _day(row: Row, code: str, column: str) -> dt.date | None:
    value = _needed(row, code, column)
    if not value:
        return None
    days, refused = row.context.dates.read(value)
    if refused:
        if row.usable:
            row.problem(column, code, f"“{shorten(value)}”{why_refused(value)}", fatal=True)
        return None
    return dt.date.fromordinal(days[0])


class Ignored(NamedTuple):
    """A row of a register that can be read and does not count.

    Attributes:
        county: whose issue it is about.
        problem: why it does not count.
        day: from when on it would have counted.
    """

    county: str
    problem: Problem
    day: dt.date


def ignored(
    file: str, entry: Extension | Recheck | Evidence, why: tuple[str, str, str], code: str
) -> Ignored:
    """Say why a row does not count.

    Args:
        file: the register's.
        entry: the row.
        why: column, value and reason.
        code: the problem's code.
    """
    column, value, words = why
    message = f"{entry.county} {words}{IGNORED}"
    value = value or entry.id
    problem = Problem("error", file, entry.line, column, value, code, message, id=entry.id)
    return Ignored(entry.county, problem, _since(entry))


def _since(entry: Extension | Recheck | Evidence) -> dt.date:
    """From which day on a row speaks."""
    match entry:
        case Extension():
            return entry.approved_on
        case Recheck():
            return entry.day
        case Evidence():
            return entry.received
