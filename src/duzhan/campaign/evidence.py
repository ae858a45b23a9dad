"""What is to be said of a dataset's evidence, and what is done with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.errors import DuzhanError, reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from duzhan.campaign.changing import Workplace
    from duzhan.campaign.standing import Campaign
    from duzhan.dataset.ledger import Ledger
    from duzhan.dataset.registers import Registers
    from duzhan.model import County, Evidence, Problem
    from duzhan.register.evidence import Piece


def file_problems(root: Path, registers: Registers, found: Mapping[int, dt.date]) -> list[Problem]:
    """What the files of the register show: gone, changed, taken too early, alike.

    Args:
        root: the dataset's folder.
        registers: of all the counties that are asked about.
        found: 发现日期 of their issues, see `found_of`.
    """
    from duzhan.dataset import evidence

    entries = registers.evidence
    if not evidence.has_files(root):
        return [evidence.absent(entries)] if entries else []
    seen = evidence.look_at_files(root, entries, closely=True)
    return evidence.file_problems(root, seen, found)


def verify(campaign: Campaign) -> tuple[int, list[Problem]]:
    """Compare the files of the register with their digests.

    Returns:
        How many were looked at, and what is wrong with files and with rows.
    """
    from duzhan import columns as col
    from duzhan.dataset import evidence

    root, registers = campaign.dataset.root, campaign.lists.registers
    rows = [problem for problem in registers.problems if problem.file == col.EVIDENCE]
    if registers.evidence and not evidence.has_files(root):
        return 0, [*rows, evidence.absent(registers.evidence)]
    seen = evidence.look_at_files(root, registers.evidence)
    return len(seen), [*rows, *(evidence.lost(one) for one in seen if one.fault)]


def found_of(ledger: Ledger) -> dict[int, dt.date]:
    """发现日期 of issues, by the line of the register that is about them."""
    entries, evidenced = ledger.registers.evidence, ledger.facts.evidenced
    return {
        entries[entry].line: dt.date.fromordinal(found)
        for entry, found in zip(
            evidenced.entries, ledger.facts.found[evidenced.stamps.rows].tolist(), strict=True
        )
        if found
    }


def listing(campaign: Campaign) -> list[tuple[Evidence, dt.datetime | None]]:
    """The register, each row with the time that the photograph gives itself."""
    from duzhan.dataset.evidence import times_taken

    entries = campaign.lists.registers.evidence
    return list(zip(entries, times_taken(campaign.dataset.root, entries), strict=True))


def sheet(campaign: Campaign) -> tuple[int, bytes]:
    """Every issue that has photographs, before beside after, as a Word document.

    Returns:
        How many issues are on it, and the document.

    Raises:
        DuzhanError: the template is at fault.
    """
    from duzhan.compliance.evidence import before_and_after
    from duzhan.report.weekly import evidence_sheet

    dataset = campaign.dataset
    # What came after the campaign's last day belongs on it as well.
    pairs = before_and_after(campaign.ledger, campaign.issues(), dt.date.max)
    whose = campaign.county.name if campaign.county else dataset.rules.wording.whole or ""
    return len(pairs), evidence_sheet.render(pairs, dataset, whose, campaign.day)


# ---------------------------------------------------------------- filing


@dataclass(frozen=True, slots=True)
class Filing:
    """What is filed.

    Attributes:
        identifier: 编号 of the issue.
        kind: 整改前, 整改后 or 其他.
        received: when the office got it.
        remark: 备注.
        by: who files it.
    """

    identifier: str
    kind: str
    received: dt.date
    remark: str = ""
    by: str | None = None

    @classmethod
    def typed(
        cls,
        place: Workplace,
        identifier: str,
        kind: str,
        *,
        on: str | None,
        remark: str,
        by: str | None,
    ) -> Filing:
        """What somebody typed, checked.

        Raises:
            UsageError: a value cannot be; one line.
        """
        from duzhan.register.typed_values import checked_day, checked_text, refuse_no_text

        terms = place.terms
        refuse_no_text(identifier, "编号")
        day = terms.today if on is None else checked_day(on, "--on", terms)
        name = None if by is None else checked_text(by, "--by", terms, required=True)
        return cls(identifier, kind, day, checked_text(remark, "--remark", terms), name)


def file_evidence(
    place: Workplace, filing: Filing, county: County | None, paths: Sequence[Path]
) -> list[Piece]:
    """File photographs and papers about an issue, all together or not at all.

    One that waits under 未对应 stays where it lies, and its row gets the 编号.

    Args:
        place: the dataset.
        filing: about what.
        county: look for the issue only here.
        paths: the files.

    Raises:
        DuzhanError: no such issue, or a file that cannot be read or kept; one line for each.
    """
    from duzhan.campaign.changing import refuse_at_rest
    from duzhan.files import contents
    from duzhan.register.evidence import EvidenceFiles, Piece
    from duzhan.register.issue_rows import IssueRows
    from duzhan.visible import readable

    refuse_at_rest(place.dataset)
    if wrong := [line for path in paths if (line := _why_not(path))]:
        raise DuzhanError(*wrong)
    with place.hold() as store:
        named = [filing.identifier]
        (issue,) = IssueRows(store, place.dataset, county, named).find(named)
        files = EvidenceFiles(store, place.dataset, place.terms)
        pieces = [
            files.take(
                Piece(issue.county, issue.id, filing.kind, readable(path.name)),
                contents(path),
                filing.received,
                filing.remark,
            )
            for path in paths
        ]
        if gone := [
            line for pair in zip(pieces, paths, strict=True) if (line := _why_lost(place, *pair))
        ]:
            raise DuzhanError(*gone)
        files.stage(filing.by)
        store.commit(command="evidence")
    return pieces


def _why_lost(place: Workplace, piece: Piece, path: Path) -> str | None:
    """Why a file that is on record is not there as it came; None if it is, or is new."""
    from duzhan.store.atomic import file_digest
    from duzhan.visible import readable

    if piece.new or file_digest(place.dataset.root / piece.file) == file_digest(path):
        return None
    name = readable(str(path))
    return f"“{name}”登记过，可是 {piece.file} 不在了或变了；请把“{name}”复制到那里，不用再登记"


def _why_not(path: Path) -> str | None:
    """Why a file cannot be kept; None if it can."""
    from duzhan.files import opened
    from duzhan.intake.formats.evidence import LARGEST
    from duzhan.visible import readable

    name = readable(str(path))
    try:
        with opened(path) as file:
            size = file.seek(0, 2)
    except OSError as error:
        return f"“{name}”读不出来：{reason(error)}"
    if size > LARGEST:
        return f"“{name}”有 {size >> 20} MiB，超过上限 {LARGEST >> 20} MiB"
    return None if size else f"“{name}”是空的（0 字节）"
