"""One request to an address that is itself a secret: nothing here ever shows it.

TLS is verified, nothing is followed, and how far the request came is told
apart: not handed over, handed over and answered, handed over and unanswered.
"""

from __future__ import annotations

import functools
import io
import socket
import ssl
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote, urlencode, urlsplit

from duzhan.deliver.channels.bounded_answers import BoundedReader, Bounds
from duzhan.deliver.channels.protocol import UnreachedError
from duzhan.deliver.channels.secret import is_host, is_loopback
from duzhan.deliver.channels.trust import distrust
from duzhan.errors import DuzhanError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MOST = 1 << 16
_PATIENCE = 20.0
# A shorter piece of an address may be an ordinary word of an answer.
_TELLING = 6
_TOKEN = 12


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request goes.

    Attributes:
        secure: whether over TLS.
        host, port: of the server.
        path, query: what is asked for; tokens stand in them.
    """

    secure: bool
    host: str = field(repr=False)
    port: int = field(repr=False)
    path: str = field(repr=False)
    query: str = field(repr=False)

    def target(self, more: Mapping[str, str]) -> str:
        """Path and query, with further parameters."""
        query = "&".join(part for part in (self.query, urlencode(more)) if part)
        return f"{self.path}?{query}" if query else self.path

    def below(self, name: str) -> Address:
        """The address of something below this one, such as …/fail."""
        path = f"{self.path.rstrip('/')}/{name}"
        return Address(self.secure, self.host, self.port, path, self.query)

    def hide(self, text: str) -> str:
        """Take out of a text what the address consists of, however it is written."""
        parts = [self.host, self.target({}), self.path, self.query]
        parts += [part for part in self.path.split("/") if len(part) >= _TOKEN]
        parts += [pair.partition("=")[2] for pair in self.query.split("&")]
        forms = {form for part in parts for form in (part, unquote(part), quote(part, safe=""))}
        for form in sorted(forms, key=len, reverse=True):
            text = text.replace(form, "***") if len(form) >= _TELLING else text
        return text


class Reply(NamedTuple):
    """What came back: the status, and the beginning of the body."""

    status: int
    body: bytes


class NotSentError(UnreachedError):
    """The server did not get the request."""


class NoAnswerError(Exception):
    """The request was handed over, and what the server made of it nobody knows."""


def address_of(text: str, named_by: str) -> Address:
    """Read an address.

    Args:
        text: the address; no message shows it.
        named_by: where it stands, for messages.

    Raises:
        DuzhanError: it is none, or not one that a secret may be sent to.
    """
    try:
        url = urlsplit(text.strip())
        host, port = url.hostname, url.port
    except ValueError:
        host, port, url = None, None, urlsplit("")
    sound = text.strip().isascii() and text.strip().isprintable() and " " not in text.strip()
    if url.scheme not in {"http", "https"} or not host or not is_host(host) or not sound:
        raise DuzhanError(f"{named_by} 里的不是网址，应为 https:// 开头的完整地址")
    if url.username is not None or url.fragment or port == 0:
        raise DuzhanError(f"{named_by} 里的网址不能带用户名或 #")
    secure = url.scheme == "https"
    if not secure and not is_loopback(host):
        raise DuzhanError(f"{named_by} 里的网址没有加密，应为 https:// 开头（http 只许在本机）")
    return Address(secure, host, port or (443 if secure else 80), url.path or "/", url.query)


@functools.lru_cache(maxsize=1)
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def request(
    address: Address,
    announce: Callable[[], None],
    body: bytes | None = None,
    more: Mapping[str, str] | None = None,
    patience: float = _PATIENCE,
) -> Reply:
    """Make one request.

    Args:
        address: where it goes.
        announce: called when the line stands, before anything is sent; if it raises,
            nothing is.
        body: JSON to post; None to get.
        more: further parameters of the query.
        patience: seconds for everything.

    Raises:
        NotSentError: the server did not get it.
        NoAnswerError: nobody knows what came of it.
    """
    bounds = Bounds(patience, patience)
    connection = _connected(address, bounds)
    try:
        announce()
        _send(connection, address.target(more or {}), body, bounds)
        return _answer(connection, bounds)
    finally:
        connection.close()


def _connected(address: Address, bounds: Bounds) -> HTTPConnection:
    connection: HTTPConnection
    if address.secure:
        connection = HTTPSConnection(
            address.host, address.port, timeout=bounds.left(), context=_context()
        )
    else:
        connection = HTTPConnection(address.host, address.port, timeout=bounds.left())
    try:
        connection.connect()
    except (OSError, HTTPException, ValueError) as error:
        connection.close()
        raise _unreached(error) from None
    return connection


def _unreached(error: Exception) -> NotSentError:
    """Say why no line came about; what the system says may name the host, and is left out."""
    match error:
        case ssl.SSLCertVerificationError():
            return NotSentError(f"服务器的证书不可信（{distrust(error)}），没有发送", lasting=True)
        case TimeoutError():
            return NotSentError("连不上服务器：等不到回答", lasting=False)
        case ssl.SSLError():
            return NotSentError("加密没有谈成，请核对地址", lasting=True)
        case socket.gaierror():
            return NotSentError("找不到服务器，请核对地址和网络", lasting=False)
        case ConnectionRefusedError():
            return NotSentError("服务器拒绝连接，可能没有开", lasting=False)
        case _:
            return NotSentError("连不上服务器", lasting=False)


def _send(connection: HTTPConnection, target: str, body: bytes | None, bounds: Bounds) -> None:
    headers = {"User-Agent": "duzhan", "Accept": "application/json", "Connection": "close"}
    if body is not None:
        headers["Content-Type"] = "application/json; charset=utf-8"
    try:
        if connection.sock is not None:
            connection.sock.settimeout(bounds.left())
        connection.request("GET" if body is None else "POST", target, body, headers)
    except (OSError, HTTPException, ValueError):
        # The body goes last: the system has not taken all of it.
        raise NotSentError("发送时连接断开", lasting=False) from None


def _answer(connection: HTTPConnection, bounds: Bounds) -> Reply:
    try:
        response = HTTPResponse(connection.sock)
        response.fp = io.BufferedReader(BoundedReader(connection.sock, bounds, _MOST))
        response.begin()
        return Reply(response.status, response.read(_MOST))
    except TimeoutError:
        raise NoAnswerError("已经发出，等不到回答") from None
    except (OSError, HTTPException, ValueError):
        raise NoAnswerError("已经发出，没有读到完整的回答") from None
