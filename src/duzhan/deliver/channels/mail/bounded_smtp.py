"""smtplib within bounds: no exchange lasts for ever, no answer fills the memory (RFC 5321)."""

from __future__ import annotations

import io
import re
import smtplib
import socket
import ssl
from typing import TYPE_CHECKING

from duzhan.deliver.channels.bounded_answers import BoundedReader, TooMuch, send_within
from duzhan.deliver.channels.mail.replies import Unreadable

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from duzhan.deliver.channels.bounded_answers import Bounds
    from duzhan.deliver.channels.mail.settings import Server

# RFC 5321 allows 512 bytes a line; no greeting or list of extensions has a hundred lines.
_LINE = 8192
_MOST = 1 << 16
_ANSWER = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)


class BoundedSMTP(smtplib.SMTP):
    """A conversation whose exchanges and answers stay within bounds."""

    def __init__(self, server: Server, bounds: Bounds) -> None:
        self.bounds = bounds
        self._reader: BoundedReader | None = None
        # Without a name smtplib asks the network what this machine is called.
        name = socket.gethostname()
        name = name if "." in name and name.isascii() else "[127.0.0.1]"
        super().__init__(server.host, server.port, name, timeout=server.timeout)

    def putcmd(self, cmd: str, args: str = "") -> None:
        """Begin an exchange with a command."""
        self.bounds.begin()
        super().putcmd(cmd, args)

    def send(self, s: Buffer | str) -> None:
        """Hand data to the system, in the time that is left of the exchange.

        Raises:
            SMTPServerDisconnected: there is no line, or it broke.
        """
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected
        data = s.encode(self.command_encoding) if isinstance(s, str) else bytes(s)
        try:
            send_within(self.sock, data, self.bounds)
        except OSError as error:
            self.close()
            raise smtplib.SMTPServerDisconnected from error

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer, in the time that is left of the exchange.

        Raises:
            SMTPServerDisconnected: the line broke, or it lasts too long.
            Unreadable: what came is no answer.
        """
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected
        if self.file is None:
            self._reader = BoundedReader(self.sock, self.bounds, _MOST)
            self.file = io.BufferedReader(self._reader)
        if self._reader is not None:
            self._reader.fresh()
        try:
            return self._answer(self.file)
        except OSError as error:
            # Also Unreadable, of which smtplib makes an OSError.
            self.close()
            if isinstance(error, Unreadable):
                raise
            raise smtplib.SMTPServerDisconnected from error

    def _answer(self, file: io.BufferedReader) -> tuple[int, bytes]:
        """The code, and the words of all lines; every line of an answer has the same code."""
        codes, said = set(), []
        while True:
            line = file.readline(_LINE + 1)
            if not line:
                raise ConnectionError
            if len(line) > _LINE:
                raise TooMuch
            parts = _ANSWER.fullmatch(line.rstrip(b"\r\n"))
            if parts is None or not line.endswith(b"\n"):
                raise Unreadable
            codes.add(int(parts[1]))
            said.append((parts[3] or b"").strip())
            if len(codes) > 1:
                raise Unreadable
            if parts[2] != b"-":
                return codes.pop(), b"\n".join(said)


class BoundedTLS(BoundedSMTP):
    """The same, encrypted from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
