"""Secrets: read from the environment or from a file that nobody else reads, and never shown."""

from __future__ import annotations

import ipaddress
import os
import stat
import sys
from typing import TYPE_CHECKING

from duzhan.errors import DuzhanError

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST = 4096


class Secret:
    """A text that no message, log or traceback shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Give the text to whoever needs it for logging in or signing."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"


def secret_in(path: Path, named_by: str, what: str) -> Secret:
    """Read the one line of a file that only its owner reads.

    Args:
        path: the file.
        named_by: what names it, for messages.
        what: what it holds, such as 密码.

    Raises:
        DuzhanError: it cannot be read, others can read it, or it holds something else.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as file:  # noqa: PTH123 - a pipe must not make anybody wait
            mode = os.fstat(handle).st_mode
            raw = file.read(_LARGEST + 1) if stat.S_ISREG(mode) else b""
    except OSError as error:
        reason = "文件不存在" if isinstance(error, FileNotFoundError) else "读不出来"
        raise DuzhanError(f"{named_by} 指的“{path}”{reason}") from None
    if sys.platform != "win32" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        message = f"{named_by} 指的“{path}”别人也能读，请先收紧权限：chmod 600 {path}"
        raise DuzhanError(message)
    try:
        text = raw.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        text = ""
    if not text or len(raw) > _LARGEST or not text.isprintable():
        raise DuzhanError(f"{named_by} 指的“{path}”里应只有一行{what}")
    return Secret(text)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, so that nothing goes over a wire."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() in {"localhost", "localhost."}


def is_host(host: str) -> bool:
    """Whether a text can be looked up as a host at all: smtp..example.cn cannot."""
    try:
        return bool(host.encode("idna"))
    except UnicodeError:
        return False
