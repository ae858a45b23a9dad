"""Files that hold files: `import` opens archives and saved mails, and takes the lists in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.intake.formats import FORMATS, archive, mail
from duzhan.intake.formats.sample import HEAD, Sample
from duzhan.intake.refusals import NotAListError
from duzhan.visible import readable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Member:
    """A file that came inside another.

    Attributes:
        name: as the sender sees it, with the outer file's name before it.
        path: where it lies now; its own last name is the member's.
        refusal: why it is not to be read, if that is known already.
    """

    name: str
    path: Path
    refusal: NotAListError | None = None


def opened(path: Path, folder: Callable[[], Path], max_unpacked: int) -> list[Member] | None:
    """Take out what a file holds.

    Args:
        path: any file.
        folder: gives where members are laid out, empty, and nobody else's; asked for an
            archive or a mail alone.
        max_unpacked: how many bytes it may unpack to.

    Returns:
        None if the file is no archive and no mail.

    Raises:
        RefusedFileError: it is damaged, encrypted or a bomb.
        NotAListError: nothing is in it.
        OSError: it cannot be opened.
    """
    if not path.is_file():
        return None  # Nobody waits for a pipe; whoever reads it says what it is.
    with path.open("rb") as file:
        sample = Sample(path, file.read(HEAD), max_unpacked)
    form = next(one for one in FORMATS if one.fits(sample))
    if form is not archive and form is not mail:
        return None
    # Loaded when there is such a file.
    from duzhan.intake.foreign_reader import unpack_foreign  # noqa: PLC0415

    container = archive if form is archive else mail
    laid = folder()
    found = unpack_foreign(container.UNPACKER, path, laid, max_unpacked)
    if not found:
        raise _empty(form is mail)
    whole = readable(path.name)
    nested = NotAListError("压缩包里的压缩包里的压缩包", "请解压后把里面的表格发来")
    return [
        Member(f"{whole}/{name}", laid / place if place else path, None if place else nested)
        for name, place in found
    ]


def _empty(is_mail: bool) -> NotAListError:
    if is_mail:
        return NotAListError("没有附件的邮件", "请让对方把问题清单作为附件再发一次")
    return NotAListError("空的压缩包", "请让对方把问题清单放进去再发一次")
