"""A letter as the bytes that a server takes: folded, ASCII, no header injectable (RFC 5322)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.charset import QP, Charset
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from email.message import Message

    from duzhan.deliver.channels.mail.settings import Sender

# What is set as it stands (see `_name_as_of_old`) is not folded again.
_POLICY = SMTP.clone(cte_type="7bit", max_line_length=76, refold_source="none")
# Marks that mean something between addresses; beside Chinese text their wide forms read as well.
_WIDE = str.maketrans(',;:<>@()[]\\"', "，；：＜＞＠（）［］＼＂")
_SUBJECT_LENGTH = 200
# Base64 in lines of 76: four characters for three bytes, and a line's end for 57.
_CODED = 1.38
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Attachment(NamedTuple):
    """A file that goes with a letter.

    Attributes:
        name: its name there.
        data: its bytes.
        media_type: such as `XLSX`.
    """

    name: str
    data: bytes
    media_type: str


class Party(NamedTuple):
    """One to whom a letter goes: what mail programs show, and the address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says: subject, the same content as text and as HTML, files."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom and to whom a mail goes, and when."""

    sender: Sender
    to: tuple[Party, ...]
    cc: tuple[Party, ...]
    message_id: str
    date: dt.datetime


def compose(letter: Letter, envelope: Envelope) -> bytes:
    """Give a mail's bytes: lines end in CR LF, are not longer than 998 and hold ASCII only."""
    message = EmailMessage(_POLICY)
    message["Date"] = format_datetime(envelope.date)
    sender = envelope.sender
    message["From"] = _addresses([Party(sender.name, sender.address)])
    message["To"] = _addresses(envelope.to)
    if envelope.cc:
        message["Cc"] = _addresses(envelope.cc)
    message["Subject"] = plain(letter.subject)[:_SUBJECT_LENGTH]
    message["Message-ID"] = envelope.message_id
    # So that no absence notice answers a machine (RFC 3834, and Exchange's own word).
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.text, cte="base64")
    message.add_alternative(letter.html, subtype="html", cte="base64")
    for attachment in letter.attachments:
        maintype, _, subtype = attachment.media_type.partition("/")
        message.add_attachment(
            attachment.data,
            maintype=maintype,
            subtype=subtype,
            filename=plain(attachment.name),
        )
    for part, attachment in zip(message.iter_attachments(), letter.attachments, strict=True):
        _name_as_of_old(part, attachment)
    return message.as_bytes()


def _name_as_of_old(part: Message, attachment: Attachment) -> None:
    """Name a file in Content-Type as well, in encoded words: QQ Mail and Outlook look there."""
    # Quoted, since the other code has / in it, and old programs make folders of that.
    quoted = Charset("utf-8")
    quoted.header_encoding = QP
    name = Header(plain(attachment.name), quoted, maxlinelen=60).encode(linesep="\r\n")
    del part["Content-Type"]
    part.set_raw("Content-Type", f'{attachment.media_type};\r\n name="{name}"')


def fits(letter: Letter, limit: int) -> bool:
    """Whether a letter's mail stays within so many bytes."""
    parts = [len(letter.text.encode()), len(letter.html.encode())]
    parts += [len(attachment.data) for attachment in letter.attachments]
    return sum(parts) * _CODED + 4096 <= limit


def plain(text: str) -> str:
    """One line of printable text: nothing in it can begin a header of its own."""
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text)).strip()


def _addresses(parties: Iterable[Party]) -> tuple[Address, ...]:
    return tuple(
        Address(plain(party.name).translate(_WIDE), addr_spec=party.address) for party in parties
    )
