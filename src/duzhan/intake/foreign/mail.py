"""Saved mails: what is attached to them."""

from __future__ import annotations

import email
import email.policy
import re
from email.header import decode_header
from email.utils import collapse_rfc2231_value
from typing import TYPE_CHECKING

from duzhan.intake.foreign.members import Unpacking, named

if TYPE_CHECKING:
    from email.message import Message
    from pathlib import Path

_NAME = re.compile(rb"name=\"?([^\";\r\n]{1,500})")


def unpack(path: Path, folder: Path, max_unpacked: int) -> list[tuple[str, str]]:
    """Lay out the attachments of a mail; of one without any, its text if that holds a table.

    Returns:
        Name as the sender sees it, and the file in the folder.

    Raises:
        RefusedFileError: they are too many, or too large.
    """
    with path.open("rb") as file:
        mail = email.message_from_binary_file(file, policy=email.policy.compat32)
    into = Unpacking(folder, max_unpacked)
    bodies = []
    for part in mail.walk():
        if part.is_multipart():
            continue
        name = _name(part)
        data = _payload(part)
        if name:
            into.add(name, [data])
        elif part.get_content_type() == "text/html" and b"<table" in data.lower():
            bodies.append(data)
    if not into.members:
        for number, data in enumerate(bodies[:1], 1):
            into.add(f"正文{number}.html", [data])
    return into.members


def _payload(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _name(part: Message) -> str | None:
    """The name of an attachment, however it is encoded; None for what has none."""
    said = part.get_param("filename", None, "content-disposition") or part.get_param("name")
    if said is None:
        return None
    text = collapse_rfc2231_value(said).strip()
    if "�" in text:
        return _raw_name(part) or text
    try:
        pieces = decode_header(text) if "=?" in text else [(text, None)]
        return "".join(_decoded(piece, charset) for piece, charset in pieces).replace("/", "／")
    except (ValueError, LookupError):
        return "附件"


def _raw_name(part: Message) -> str | None:
    """The name of an attachment that stands in bytes which no header may hold."""
    for key, value in part.raw_items():
        if key.lower() in ("content-disposition", "content-type"):
            match = _NAME.search(str(value).encode("utf-8", "surrogateescape"))
            if match:
                return named(match[1])
    return None


def _decoded(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, bytes):
        kind = (charset or "").lower()
        if kind in ("gb2312", "gbk", "gb18030"):
            return piece.decode("gb18030", "replace")
        return piece.decode(kind, "replace") if kind and kind != "unknown-8bit" else named(piece)
    # Bytes that no header may hold come as they are.
    return named(piece.encode("utf-8", "surrogateescape"))
