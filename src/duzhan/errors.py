"""What can go wrong, in words that a user can act on.

Every error that reaches a user is a `DuzhanError`: its text is one or more
complete Chinese lines, its `exit_code` is the command's. Faulty rows are not
errors but `Problem` values, see `duzhan.model`.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


# What a command that met a fault of its own says first, and its exit code (sysexits' EX_SOFTWARE).
FAULT_WORDS = "程序内部出错"
INTERNAL_FAULT = 70


class DuzhanError(Exception):
    """The data or the configuration is at fault; exit code 1.

    Args:
        lines: one clear line a fault.
    """

    exit_code = 1

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines: Sequence[str] = lines


class UsageError(DuzhanError):
    """The command line is at fault (unknown county, date or week); exit code 2."""

    exit_code = 2


_REASONS = {
    errno.ENOENT: "文件或目录不存在",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.EISDIR: "它是目录，不是文件",
    errno.EEXIST: "同名的文件已经存在",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出了磁盘限额",
    errno.EROFS: "所在的磁盘是只读的",
    errno.ENAMETOOLONG: "名称太长",
    errno.ELOOP: "链接绕成了圈",
    errno.EIO: "磁盘读写出错",
    errno.EPIPE: "管道的另一头已经关闭",
    errno.ENXIO: "是管道而没有谁在读，或设备不在",
    errno.ENOLCK: "系统给不出文件锁（多半是网络盘的锁服务没有运行）",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.ENOMEM: "内存不够",
}


def reason(error: OSError) -> str:
    """Say in Chinese why the system refused a file, whatever the language of the terminal."""
    return _REASONS.get(error.errno or 0) or error.strerror or type(error).__name__
