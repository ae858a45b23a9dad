"""Where mail goes out and from whom, as the environment says; secrets stay secret (SPEC 7)."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

from duzhan.deliver.channels.secret import Secret, is_host, is_loopback, secret_in
from duzhan.errors import DuzhanError
from duzhan.values import EMAIL_PATTERN

if TYPE_CHECKING:
    from urllib.parse import SplitResult

URL = "DUZHAN_SMTP_URL"
FROM = "DUZHAN_MAIL_FROM"
PASSWORD_FILE = "DUZHAN_SMTP_PASSWORD_FILE"  # noqa: S105 - the variable's name
TIMEOUT = "DUZHAN_SMTP_TIMEOUT"
DEADLINE = "DUZHAN_MAIL_DEADLINE"
MAX_SIZE = "DUZHAN_MAIL_MAX_MB"

Security = Literal["plain", "tls", "starttls"]
_SCHEMES: dict[str, tuple[Security, int]] = {
    "smtp": ("plain", 25),
    "smtps": ("tls", 465),
    "smtp+starttls": ("starttls", 587),
}
# An address, or a name and an address.
_SENDER = re.compile(r'(?:(?:"([^"<>]*)"\s*|([^"<>]*))<([^<>\s]+)>|([^<>\s]+))')
_EXAMPLE = "smtps://用户名:密码@smtp.example.cn"
_TIMEOUT_SECONDS = 20.0
_DEADLINE_SECONDS = 1800.0
_MAX_MB = 10.0
_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Server:
    """The mail server, and how to speak to it.

    Attributes:
        security: plain, tls (from the first byte) or starttls (asked for, or nothing is sent).
        user, password: for logging in; both None without.
        timeout: seconds for a command and its answer; a mail's content and the answer to it
            may take six times that each.
        deadline: seconds for all mails of a run together.
    """

    security: Security
    host: str
    port: int
    user: str | None = None
    password: Secret | None = None
    timeout: float = _TIMEOUT_SECONDS
    deadline: float = _DEADLINE_SECONDS

    @property
    def display(self) -> str:
        """The server as messages name it, without any secret."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom mail comes from.

    Attributes:
        name: what mail programs show; may be empty.
        address: the address, for header and envelope.
    """

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What follows the @."""
        return self.address.rpartition("@")[2]


def server_of() -> Server:
    """Read DUZHAN_SMTP_URL, and the password's file if one is named.

    Raises:
        DuzhanError: the server is not named, or what names it cannot be used.
    """
    text = os.environ.get(URL, "").strip()
    if not text:
        raise DuzhanError(f"没有设置环境变量 {URL}，不知道由哪台服务器发信，应写成 {_EXAMPLE}")
    # No text of the URL may come into a message: it may hold the password.
    try:
        url = urlsplit(text)
        host, port = url.hostname, url.port
        odd = url.path not in {"", "/"} or url.query or url.fragment
    except ValueError:
        host, port, odd = None, None, True
        url = urlsplit("")
    if url.scheme not in _SCHEMES or not host or odd or port == 0 or not is_host(host):
        raise DuzhanError(
            f"环境变量 {URL} 写法不对：应以 {'、'.join(f'{s}://' for s in _SCHEMES)} 开头，"
            f"如 {_EXAMPLE}；用户名和密码里的 @ : / # ? % 要写成 %40 %3A %2F %23 %3F %25"
        )
    security, usual = _SCHEMES[url.scheme]
    user, password = _credentials(url)
    if user is not None and security == "plain" and not is_loopback(host):
        message = f"环境变量 {URL}：不加密就不能登录（密码会被人看见），请改用 smtps:// 或 smtp+starttls://"
        raise DuzhanError(message)
    timeout = _positive(TIMEOUT, _TIMEOUT_SECONDS, "秒数")
    deadline = _positive(DEADLINE, _DEADLINE_SECONDS, "秒数")
    return Server(security, host, port or usual, user, password, timeout, deadline)


def sender_of() -> Sender:
    """Read DUZHAN_MAIL_FROM: an address, or 名称 <address>.

    Raises:
        DuzhanError: it is not set, or no address.
    """
    text = os.environ.get(FROM, "").strip()
    if not text:
        message = f"没有设置环境变量 {FROM}，不知道以谁的名义发信，应写成 duzhan@example.cn"
        raise DuzhanError(message)
    parts = _SENDER.fullmatch(text) if text.isprintable() else None
    name, address = "", ""
    if parts:
        name, address = (parts[1] or parts[2] or "").strip(), parts[3] or parts[4]
    if not re.fullmatch(EMAIL_PATTERN, address):
        message = f"环境变量 {FROM} 的“{_one_line(text)}”不是邮箱地址，应写成 duzhan@example.cn"
        raise DuzhanError(f"{message} 或 某某办公室 <duzhan@example.cn>")
    return Sender(name, address)


def max_size() -> int:
    """How many bytes a mail may have with its attachments (DUZHAN_MAIL_MAX_MB, 10 by default).

    Raises:
        DuzhanError: it is no number.
    """
    return int(_positive(MAX_SIZE, _MAX_MB, "兆字节数") * _MEGABYTE)


def _credentials(url: SplitResult) -> tuple[str | None, Secret | None]:
    user = unquote(url.username) if url.username else None
    password = None if url.password is None else Secret(unquote(url.password))
    named = os.environ.get(PASSWORD_FILE, "").strip()
    if named and password is not None:
        raise DuzhanError(f"{URL} 里有密码，又设置了 {PASSWORD_FILE}，请只留一处（最好是文件）")
    if named:
        password = secret_in(Path(named), PASSWORD_FILE, "密码")
    if (user is None) != (password is None):
        lacking = "密码" if password is None else "用户名"
        raise DuzhanError(
            f"环境变量 {URL} 缺少{lacking}：用户名写在地址里，密码写在 {PASSWORD_FILE} 指的文件里"
        )
    return user, password


def _positive(name: str, usual: float, what: str) -> float:
    text = os.environ.get(name, "").strip()
    if not text:
        return usual
    if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", text) and float(text) > 0:
        return float(text)
    raise DuzhanError(
        f"环境变量 {name} 的“{_one_line(text)}”不对，应为大于 0 的{what}，如 {usual:g}"
    )


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text[:80])
