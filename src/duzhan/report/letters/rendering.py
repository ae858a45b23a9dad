"""Letters as Markdown, or as Word documents that an office signs and seals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duzhan.report import words
from duzhan.report.templates import environment

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.model import Roster, Rules
    from duzhan.report.letters.contents import LetterText

FORMATS = ("md", "docx")


def template(kind: str, form: str) -> str:
    """The name of the template that makes a letter."""
    return f"{kind}.docx" if form == "docx" else f"{kind}.{form}.j2"


def context(
    letter: LetterText, rules: Rules, roster: Roster, sample: str | None, number: str | None
) -> dict[str, Any]:
    """Give the variables of the letters' templates.

    Args:
        letter: what it says.
        rules: the campaign.
        roster: its offices sign.
        sample: the line that marks synthetic data.
        number: the document number; None for a blank one.
    """
    return {
        "kind": letter.kind,
        "title": letter.title,
        "number": number or "〔　　〕　　号",
        "addressee": letter.addressee,
        "sections": letter.sections,
        "closing": letter.closing,
        "draft": "代拟稿，由人审定后签发" if letter.draft else "",
        "day": words.full_date(letter.day),
        "campaign": rules.name,
        "notice": rules.notice.number,
        "offices": roster.offices,
        "copies": letter.copies,
        "sample": sample,
    }


def render(letter: LetterText, told: dict[str, Any], form: str, root: Path) -> bytes:
    """Render a letter.

    Args:
        letter: which one.
        told: from `context`.
        form: md or docx.
        root: the dataset's folder, whose templates go first.

    Raises:
        DuzhanError: the template is at fault.
    """
    name = template(letter.kind, form)
    if form == "docx":
        from duzhan.report.templates.docx import WordTemplate  # noqa: PLC0415 - loads Word's parts

        return WordTemplate(name, root).render(told, letter.day)
    return environment.render(name, told, root).encode()
