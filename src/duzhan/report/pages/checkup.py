"""`duzhan doctor`: what was looked at, what is wrong first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from duzhan.intake.text import shorten
from duzhan.report.pages.page import Page, Text, titled

if TYPE_CHECKING:
    from collections.abc import Sequence


class CheckupLine(Protocol):
    """What one look showed; see `duzhan.deliver.checkup`."""

    @property
    def part(self) -> str:
        """What was looked at."""

    @property
    def status(self) -> str:
        """ok, warning or error."""

    @property
    def message(self) -> str:
        """In words."""


_MARKS = {
    "error": ("【不行】", "red"),
    "warning": ("【注意】", "yellow"),
    "ok": ("【正常】", "green"),
}


# What fits a screen.
_SHOWN = 18


def checkup_page(findings: Sequence[CheckupLine], sample: str | None) -> Page:
    """The findings, worst first."""
    errors = sum(found.status == "error" for found in findings)
    said = f"{errors}处不行，定时任务不能正常发信" if errors else "可以正常发信"
    page = titled(f"体检：{said}", sample)
    order = list(_MARKS)
    listed = sorted(findings, key=lambda found: order.index(found.status))
    for found in listed[:_SHOWN]:
        page.line(Text(*_MARKS[found.status]), f"{found.part}：{shorten(found.message, 200)}")
    if len(listed) > _SHOWN:
        page.line(f"其余{len(listed) - _SHOWN}处见 duzhan doctor --json")
    return page
