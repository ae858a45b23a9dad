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
import ssl
from typing import TYPE_CHECKING

from duzhan.deliver.channels.bounded_answers import Bounds
from duzhan.deliver.channels.mail.bounded_smtp import BoundedSMTP, BoundedTLS
from duzhan.deliver.channels.mail.replies import AnswerWords
from duzhan.deliver.channels.mail.settings import DEADLINE
from duzhan.deliver.channels.protocol import Delivery, Refusal, ServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

    from duzhan.deliver.channels.mail.settings import Server

# A mail of ten megabytes, and the checks that a server makes of it, take their time.
_CONTENT_TIMES = 6
_DOTS = re.compile(rb"(?m)^\.")
_CODE_CLOSING = 421


class Conversation:
    """Speaks with a server; opened when first needed, and anew when it broke.

    Attributes:
        opened: how many times a connection was made.
        together: a mail goes to all its recipients at once.

    Args:
        server: the mail server.
        sender: the envelope's sender.
    """

    together = True

    def __init__(self, server: Server, sender: str = "") -> None:
        self._server = server
        self._sender = sender
        self._words = AnswerWords(server)
        self._smtp: BoundedSMTP | None = None
        self._bounds = Bounds(server.timeout, server.deadline)
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

    def open(self) -> BoundedSMTP:
        """Connect, greet, encrypt and log in, unless that is done.

        Raises:
            ServerError: it did not come about.
        """
        server = self._server
        if self._bounds.over:
            self.hang_up()
            spent = f"发信已经用了 {server.deadline:g} 秒（{DEADLINE}），其余的下次再发"
            raise ServerError(spent, lasting=True)
        if self._smtp is not None:
            return self._smtp
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
        recipients: Sequence[str],
        content: bytes,
        announce: Callable[[tuple[str, ...]], None],
    ) -> Delivery:
        """Hand over one mail.

        Args:
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
            accepted = self._envelope(smtp, recipients, len(content), made)
            if not accepted:
                return made
            # While the server makes ready, the record goes to the disk.
            smtp.putcmd("DATA")
            announce(accepted)
            smtp.bounds.begin()
            if (answer := smtp.getreply())[0] != 354:
                self._refuse(made, accepted, answer)
                return made
            smtp.bounds.begin(_CONTENT_TIMES)
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

    def _connect(self) -> BoundedSMTP:
        kind = BoundedTLS if self._server.security == "tls" else BoundedSMTP
        self._bounds.begin()
        return kind(self._server, self._bounds)

    def _log_in(self, smtp: BoundedSMTP, user: str, password: str) -> None:
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
        smtp: BoundedSMTP,
        recipients: Sequence[str],
        size: int,
        made: Delivery,
    ) -> tuple[str, ...]:
        """Name sender and recipients; give those whom the server accepts."""
        options = [f"SIZE={size}"] if smtp.has_extn("size") else []
        answer = smtp.mail(self._sender, options)
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

    def _finish(self, smtp: BoundedSMTP, accepted: tuple[str, ...], made: Delivery) -> None:
        """Hear whether the server took it; what cannot be read says neither yes nor no."""
        smtp.bounds.begin(_CONTENT_TIMES)
        try:
            answer = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            made.broken = True
            reason = f"信已交出，没有等到回执：{self._words.broken(error)}"
            made.unknown.update(dict.fromkeys(accepted, reason))
            return
        if 200 <= answer[0] < 300:
            made.taken, made.answer = accepted, self._words.answer(answer)
        elif answer[0] < 400:
            self.hang_up()
            reason = f"信已交出，回执说得不明白：{self._words.answer(answer)}"
            made.unknown.update(dict.fromkeys(accepted, reason))
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
