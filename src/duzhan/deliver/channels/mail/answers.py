"""What a mail server says, and what goes wrong with it, in words; never with a secret in them."""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duzhan.deliver.channels.mail.settings import Server

# OpenSSL's X509_V_ERR codes that an office meets.
_CERTIFICATES = {
    10: "已过期",
    18: "自己签的",
    19: "签发者不可信",
    20: "签发者不可信",
    62: "名称与服务器地址不符",
    64: "名称与服务器地址不符",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a recipient did not get a mail.

    Attributes:
        reason: in words, with the server's answer if there is one.
        lasting: whether trying again soon is pointless (5xx).
    """

    reason: str
    lasting: bool


class ServerError(Exception):
    """No conversation came about: no mail can be sent.

    Attributes:
        reason: in words.
        lasting: whether trying again soon is pointless.
    """

    def __init__(self, reason: str, *, lasting: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lasting = lasting


class Words:
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
                why = _CERTIFICATES.get(error.verify_code, error.verify_message)
                reason = f"{where} 的证书不可信（{why}），没有登录也没有发信"
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
