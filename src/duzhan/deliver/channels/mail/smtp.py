"""One conversation with a mail server, for many mails (RFC 5321).

What matters is to know for each recipient whether the server took the mail. It
took it when it answered 250 to the final dot; it did not when the line broke
before that dot was handed to the system; and when it broke between the dot and
the answer, nobody knows.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duzhan.deliver.channels.mail.answers import Refusal, ServerError, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

    from duzhan.deliver.channels.mail.settings import Server

_ANSWER_TIMES = 6
_DOTS = re.compile(rb"(?m)^\.")
_CODE_CLOSING = 421


@dataclass(slots=True)
class Delivery:
    """What became of one mail, by recipient.

    Attributes:
        taken: those for whom the server took it.
        answer: what it said then.
        refused: those for whom it did not.
        unknown: those for whom nobody knows, and why.
        broken: whether the line broke.
    """

    taken: tuple[str, ...] = ()
    answer: str = ""
    refused: dict[str, Refusal] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    broken: bool = False


class Conversation:
    """Speaks with a server; opened when first needed, and anew when it broke.

    Attributes:
        opened: how many times a connection was made.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._words = Words(server)
        self._smtp: smtplib.SMTP | None = None
        self.opened = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say goodbye, if there is anybody to hear it."""
        if self._smtp is not None and error is None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._smtp.docmd("QUIT")
        self.hang_up()

    def hang_up(self) -> None:
        """Drop the connection."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def open(self) -> smtplib.SMTP:
        """Connect, greet, encrypt and log in, unless that is done.

        Raises:
            ServerError: it did not come about.
        """
        if self._smtp is not None:
            return self._smtp
        server = self._server
        try:
            smtp = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise self._words.unreachable(error, "连不上") from None
        self.opened += 1
        self._smtp = smtp
        try:
            if server.security == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self.hang_up()
            raise self._words.unreachable(error, "没有谈成") from None
        if server.user is not None and server.password is not None:
            self._log_in(smtp, server.user, server.password.reveal())
        return smtp

    def deliver(
        self,
        sender: str,
        recipients: Sequence[str],
        content: bytes,
        announce: Callable[[tuple[str, ...]], None],
    ) -> Delivery:
        """Hand over one mail.

        Args:
            sender: the envelope's sender.
            recipients: the envelope's recipients.
            content: the mail, lines ending in CR LF, ASCII only.
            announce: called with the recipients accepted, before the content is sent; if it
                raises, the mail is not sent.

        Raises:
            ServerError: no conversation came about; nothing was sent.
        """
        smtp = self.open()
        made = Delivery()
        try:
            accepted = self._envelope(smtp, sender, recipients, len(content), made)
            if not accepted:
                return made
            # While the server makes ready, the record goes to the disk.
            smtp.putcmd("DATA")
            announce(accepted)
            if (answer := smtp.getreply())[0] != 354:
                self._refuse(made, accepted, answer)
                return made
            # If this fails, the system has not taken the final dot, which comes last.
            smtp.send(_DOTS.sub(b"..", content) + b".\r\n")
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            made.broken = True
            left = [one for one in recipients if one not in made.refused]
            refusal = Refusal(self._words.broken(error), lasting=False)
            made.refused.update(dict.fromkeys(left, refusal))
            return made
        except BaseException:
            self.hang_up()
            raise
        self._finish(smtp, accepted, made)
        return made

    # ------------------------------------------------------------ inside

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        # Without a name smtplib asks the network what this machine is called.
        name = socket.gethostname()
        name = name if "." in name and name.isascii() else "[127.0.0.1]"
        smtp: smtplib.SMTP
        if server.security == "tls":
            context = ssl.create_default_context()
            smtp = smtplib.SMTP_SSL(
                server.host, server.port, name, timeout=server.timeout, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, name, timeout=server.timeout)
        return smtp

    def _log_in(self, smtp: smtplib.SMTP, user: str, password: str) -> None:
        try:
            smtp.login(user, password)
        except smtplib.SMTPNotSupportedError:
            refusal = ServerError(
                f"{self._server.display} 不支持登录，请核对地址和端口", lasting=True
            )
        except UnicodeError:
            message = f"{self._server.display} 登录不了：用户名或密码含有中文等字符，服务器不认"
            refusal = ServerError(message, lasting=True)
        except smtplib.SMTPResponseException as error:
            answer = self._words.answer((error.smtp_code, error.smtp_error))
            message = f"{self._server.display} 登录被拒绝（{answer}），请核对用户名和密码"
            refusal = ServerError(message, lasting=error.smtp_code >= 500)
        except smtplib.SMTPServerDisconnected as error:
            refusal = self._words.unreachable(error, "登录时断开")
        except (OSError, smtplib.SMTPException, ValueError):
            message = f"{self._server.display} 登录没有成功，服务器的登录方式不认识"
            refusal = ServerError(message, lasting=True)
        else:
            return
        self.hang_up()
        # Outside the handlers: no traceback reaches what the password was in.
        raise refusal

    def _envelope(
        self,
        smtp: smtplib.SMTP,
        sender: str,
        recipients: Sequence[str],
        size: int,
        made: Delivery,
    ) -> tuple[str, ...]:
        """Name sender and recipients; give those whom the server accepts."""
        options = [f"SIZE={size}"] if smtp.has_extn("size") else []
        answer = smtp.mail(sender, options)
        if answer[0] != 250:
            self._refuse(made, recipients, answer)
            return ()
        accepted = []
        for recipient in recipients:
            answer = smtp.rcpt(recipient)
            if answer[0] in {250, 251, 252}:
                accepted.append(recipient)
            elif answer[0] == _CODE_CLOSING:
                left = [one for one in recipients if one not in made.refused]
                self._refuse(made, left, answer)
                return ()
            else:
                made.refused[recipient] = self._refusal(answer)
        if not accepted:
            smtp.rset()
        return tuple(accepted)

    def _finish(self, smtp: smtplib.SMTP, accepted: tuple[str, ...], made: Delivery) -> None:
        """Hear whether the server took it."""
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(self._server.timeout * _ANSWER_TIMES)
            answer = smtp.getreply()
            if smtp.sock is not None:
                smtp.sock.settimeout(self._server.timeout)
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            made.broken = True
            reason = f"信已交出，没有等到回执：{self._words.broken(error)}"
            made.unknown.update(dict.fromkeys(accepted, reason))
        else:
            if answer[0] == 250:
                made.taken, made.answer = accepted, self._words.answer(answer)
            else:
                self._refuse(made, accepted, answer)

    def _refuse(self, made: Delivery, recipients: Sequence[str], answer: tuple[int, bytes]) -> None:
        """Note the answer for all of them, and make ready for the next mail."""
        made.refused.update(dict.fromkeys(recipients, self._refusal(answer)))
        if answer[0] == _CODE_CLOSING:
            self.hang_up()
        elif self._smtp is not None:
            try:
                self._smtp.rset()
            except (OSError, smtplib.SMTPException):
                self.hang_up()

    def _refusal(self, answer: tuple[int, bytes]) -> Refusal:
        return Refusal(self._words.answer(answer), lasting=not 400 <= answer[0] < 500)
