"""What a mail server says, and what goes wrong with it, in words; never with a secret in them."""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
from typing import TYPE_CHECKING

from duzhan.deliver.channels.bounded_answers import TooMuch
from duzhan.deliver.channels.protocol import ServerError
from duzhan.deliver.channels.trust import distrust

if TYPE_CHECKING:
    from duzhan.deliver.channels.mail.settings import Server


class Unreadable(smtplib.SMTPServerDisconnected):
    """What a server answered is no answer: whatever it meant, nobody knows."""


class AnswerWords:
    """Puts one server's answers and failures into words."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def answer(self, answer: tuple[int, bytes | str]) -> str:
        """The server's words, on one line, without any secret that it may repeat."""
        text = answer[1] if isinstance(answer[1], str) else answer[1].decode("utf-8", "replace")
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        for secret in self._secrets():
            line = line.replace(secret, "***")
        return f"{answer[0]} {line[:200]}".strip()

    def _secrets(self) -> list[str]:
        if self._server.password is None:
            return []
        password = self._server.password.reveal()
        user = self._server.user or ""
        forms = (password, f"\0{user}\0{password}", f"{user}\0{user}\0{password}")
        coded = [base64.b64encode(form.encode()).decode() for form in forms]
        return [password, *coded]

    def broken(self, error: Exception) -> str:
        """How a conversation ended before its time."""
        cause = error.__context__ if isinstance(error, smtplib.SMTPException) else error
        if isinstance(cause, TooMuch):
            return "回答长得没有道理"
        if isinstance(error, Unreadable):
            return "回答读不懂"
        if isinstance(cause, TimeoutError):
            return f"等了 {self._server.timeout:g} 秒没有回答"
        if isinstance(error, smtplib.SMTPResponseException):
            return self.answer((error.smtp_code, error.smtp_error))
        return "连接断开"

    def unreachable(self, error: Exception, what: str) -> ServerError:
        """Say why no conversation came about."""
        where, lasting = self._server.display, True
        match error:
            case ssl.SSLCertVerificationError():
                reason = f"{where} 的证书不可信（{distrust(error)}），没有登录也没有发信"
            case smtplib.SMTPNotSupportedError():
                reason = f"{where} 不支持 STARTTLS 加密，没有登录也没有发信；请核对端口"
            case ssl.SSLError():
                reason = f"{where} 加密没有谈成，请核对端口和 smtps:// 或 smtp+starttls:// 的写法"
            case smtplib.SMTPResponseException():
                answer = self.answer((error.smtp_code, error.smtp_error))
                reason, lasting = f"{where} {what}：{answer}", error.smtp_code >= 500
            case socket.gaierror():
                reason, lasting = f"找不到服务器 {where}，请核对地址和网络", False
            case ConnectionRefusedError():
                reason, lasting = f"{where} {what}：连接被拒绝，服务器可能没有开", False
            case _:
                reason, lasting = f"{where} {what}：{self.broken(error)}", False
        return ServerError(reason, lasting=lasting)
