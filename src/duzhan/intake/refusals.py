"""Why a file is not read at all; this module loads nothing."""

from __future__ import annotations


class RefusedFileError(Exception):
    """A file that cannot be read at all; it is refused whole, never read in part.

    Args:
        code: the problem's code.
        message: one Chinese line: what is wrong and what would be right.
        line: where, if known.
    """

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line


class NotAListError(RefusedFileError):
    """A sound file that is no list, told for what it is (SPEC section 5).

    Among the lists of a dataset it is refused like any file that cannot be read;
    `import` leaves it aside and names it.

    Args:
        what: what it is, as a noun (图片, PDF 文件).
        remedy: the step that helps, as a clause (请…).
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__("bad-file", f"这是{what}，不是清单，{remedy}")
        self.what = what
        self.remedy = remedy


LOCKED = "文件加了密码，请取消密码后重新保存"
BROKEN = "文件不完整或已损坏，打不开，请重新保存或重新发送"
FAR = "有单元格远在表外（或整行重复太多），展开会占满内存，请删去多余的行列后重新保存"


def broken() -> RefusedFileError:
    """The file is damaged."""
    return RefusedFileError("bad-file", BROKEN)


def locked() -> RefusedFileError:
    """The file is encrypted."""
    return RefusedFileError("bad-file", LOCKED)


def too_far() -> RefusedFileError:
    """The file's cells would fill the memory."""
    return RefusedFileError("bad-file", FAR)
