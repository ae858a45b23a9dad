"""A mail server that fails as it is told to; a program of its own, on the loopback.

    python mail_server.py FOLDER SCRIPT

FOLDER gets one .eml and one .json (the envelope) for each mail taken. SCRIPT is JSON:

    {"faults": [{"at": "rcpt", "do": "450", "times": 1, "match": "a@"}],
     "tls": "none|starttls|tls", "cert": FILE, "key": FILE, "user": …, "password": …}

A fault holds at connect, ehlo, auth, mail, rcpt, data, body (before the final dot)
or answer (after it: the mail is taken). It answers with a line, or it drops the
connection (drop), or says nothing for ever (stall). `times` is how often, without
end if it is not there. The first line of output is the port.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

ANSWERS = {
    "421": "421 4.3.2 closing for a while",
    "450": "450 4.2.0 mailbox busy",
    "452": "452 4.3.1 out of room",
    "535": "535 5.7.8 no",
    "550": "550 5.1.1 no such user",
    "554": "554 5.7.1 refused",
}


class Faults:
    """Which faults are still to come."""

    def __init__(self, faults: list[dict[str, Any]]) -> None:
        self._faults = faults

    def at(self, place: str, text: str = "") -> str | None:
        """What is to go wrong here and now."""
        for fault in self._faults:
            if fault["at"] != place or fault.get("match", "") not in text:
                continue
            if "times" in fault:
                if not fault["times"]:
                    continue
                fault["times"] -= 1
            return str(fault["do"])
        return None


class Server(SMTP):
    """One connection."""

    count = 0
    taken = 0

    def __init__(self, faults: Faults, folder: Path, *args: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(self, *args, **options)
        self._faults_to_come = faults
        self._folder = folder
        self.number = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self.number == 0:
            Server.count += 1
            self.number = Server.count
        super().connection_made(transport)

    @property
    def line(self) -> asyncio.Transport:
        """The connection."""
        return cast("asyncio.Transport", self.transport)

    async def fault(self, place: str, text: str = "") -> str | None:
        """Answer in the server's place, or drop, or never come back."""
        do = self._faults_to_come.at(place, text)
        if do == "drop":
            self.line.abort()
            await asyncio.sleep(0)
            raise asyncio.CancelledError
        if do == "stall":
            await asyncio.sleep(600)
        return ANSWERS.get(do or "", do)

    async def _handle_client(self) -> None:
        if answer := await self.fault("connect"):
            await self.push(answer)
            self.line.close()
            return
        await super()._handle_client()

    async def handle_EHLO(  # noqa: N802
        self,
        _server: SMTP,
        session: Any,  # noqa: ANN401
        _envelope: object,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        if answer := await self.fault("ehlo"):
            return [answer]
        return responses

    async def handle_MAIL(self, *told: Any) -> str:  # noqa: ANN401, N802
        _server, _session, envelope, address, *_ = told
        if answer := await self.fault("mail", address):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, *told: Any) -> str:  # noqa: ANN401, N802
        _server, _session, envelope, address, *_ = told
        if answer := await self.fault("rcpt", address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if answer := await self.fault("data"):
            await self.push(answer)
            return
        do = self._faults_to_come.at("body")
        if do is not None:
            await self.push("354 go on")
            await self._reader.readline()
            if do == "stall":
                self.line.pause_reading()
                await asyncio.sleep(600)
            self.line.abort()
            raise asyncio.CancelledError
        await super().smtp_DATA(arg)

    async def handle_DATA(  # noqa: N802
        self,
        _server: SMTP,
        session: Any,  # noqa: ANN401
        envelope: Any,  # noqa: ANN401
    ) -> str:
        do = self._faults_to_come.at("refusal")
        if do is not None:
            return ANSWERS[do]
        Server.taken += 1
        number = Server.taken
        about = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": self.line.get_extra_info("ssl_object") is not None,
            "user": getattr(session.auth_data, "login", b"").decode(),
            "connection": self.number,
        }
        (self._folder / f"{number:04}.json").write_text(json.dumps(about), "utf-8")
        (self._folder / f"{number:04}.eml").write_bytes(envelope.original_content)
        if answer := await self.fault("answer"):
            return answer
        return f"250 OK queued as {number}"


def options_of(script: dict[str, Any]) -> dict[str, Any]:
    """What aiosmtpd is told."""
    options: dict[str, Any] = {"hostname": "localhost", "timeout": 600}
    context = None
    if script.get("tls", "none") != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(script["cert"], script["key"])
    if script.get("tls") == "starttls":
        options["tls_context"] = context
    if "user" in script:
        echo = script.get("refusal")

        def check(
            _server: object,
            _session: object,
            _envelope: object,
            _mechanism: str,
            data: LoginPassword,
        ) -> AuthResult:
            right = data.login.decode() == script["user"]
            right = right and data.password.decode() == script["password"]
            message = echo.format(data.password.decode()) if echo and not right else None
            return AuthResult(success=right, handled=False, message=message, auth_data=data)

        options |= {"authenticator": check, "auth_require_tls": False, "auth_required": True}
    return options


async def serve(folder: Path, script: dict[str, Any]) -> None:
    """Serve until killed."""
    faults = Faults(script.get("faults", []))
    options = options_of(script)
    context = None
    if script.get("tls") == "tls":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(script["cert"], script["key"])
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Server(faults, folder, **options),
        "127.0.0.1",
        script.get("port", 0),
        ssl=context,
    )
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), json.loads(sys.argv[2])))
