"""Saved mails: `import` takes what is attached; among the lists of a dataset they are none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from duzhan.intake.refusals import NotAListError

if TYPE_CHECKING:
    from duzhan.intake.formats.sample import Sample
    from duzhan.intake.grid import Grid
    from duzhan.intake.headers import HeaderFinder

# The reader that lays its attachments out.
UNPACKER = "mail"
_FIRST = re.compile(
    rb"(?:received|return-path|delivered-to|mime-version|message-id|from|to|subject|date|sender|"
    rb"reply-to|dkim-signature|authentication-results|arc-[a-z-]{1,40}|x-[a-z-]{1,40}): ?\S",
    re.IGNORECASE,
)
_SECOND = re.compile(rb"\n[a-z-]{2,40}: ?\S", re.IGNORECASE)


def fits(sample: Sample) -> bool:
    """Whether the file begins with the headers of a mail."""
    head = sample.head.removeprefix(b"\xef\xbb\xbf")
    return _FIRST.match(head) is not None and _SECOND.search(head) is not None


def read(_sample: Sample, _finder: HeaderFinder) -> list[Grid]:
    """Refuse the mail.

    Raises:
        NotAListError: always.
    """
    raise NotAListError("邮件", "请把附件里的清单放进来，或用 duzhan import 导入它")
