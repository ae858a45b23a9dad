"""The services of three kinds of group-chat robots, failing as told; a program of its own.

    python robot_server.py FOLDER SCRIPT

Each answers as the real one does: 企业微信 below /cgi-bin/webhook/send?key=,
钉钉 below /robot/send?access_token=, 飞书 below /open-apis/bot/v2/hook/. FOLDER gets
one JSON a request: its path, and `shown`, the text if people in the chat see it. SCRIPT:

    {"faults": [{"do": "stall", "times": 1, "match": "key=K"}], "secret": …,
     "cert": FILE, "key": FILE, "rate": 20}

`do` is a number (answered as the service's own code, with HTTP 200), or http-500,
http-502, stall, trickle, garbage, huge, redirect, dropped (shown, then the line is
closed), closed (before anything is read). The first line of output is the port.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import ssl
import sys
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

FOLDER = Path(sys.argv[1])
SCRIPT: dict[str, Any] = json.loads(sys.argv[2])
LOCK = threading.Lock()
TIMES: dict[str, deque[float]] = {}
WRONG = {
    "wecom": (93000, "invalid webhook url, hint: [1755605200], from ip: 127.0.0.1"),
    "dingtalk": (310000, "sign not match, more: [https://ding-doc.dingtalk.com]"),
    "feishu": (19021, "sign match fail or timestamp is not within one hour from current time"),
}
LONG = {"wecom": 40058, "dingtalk": 460101, "feishu": 9499}
FAST = {"wecom": 45009, "dingtalk": 130101, "feishu": 11232}


def signed(kind: str, query: dict[str, list[str]], body: dict[str, Any]) -> bool:
    """Whether a request carries the signature that the service computes."""
    secret = str(SCRIPT.get("secret", ""))
    if not secret or kind == "wecom":
        return True
    given = {key: values[0] for key, values in query.items()} if kind == "dingtalk" else body
    stamp = str(given.get("timestamp", "0"))
    text = f"{stamp}\n{secret}".encode()
    if kind == "dingtalk":
        made, age = hmac.new(secret.encode(), text, hashlib.sha256), time.time() - int(stamp) / 1000
    else:
        made, age = hmac.new(text, b"", hashlib.sha256), time.time() - int(stamp)
    return abs(age) < 3600 and given.get("sign") == base64.b64encode(made.digest()).decode()


def text_of(kind: str, body: dict[str, Any]) -> str:
    """What people in the chat would see."""
    if kind == "feishu":
        card = body["card"]
        return f"{card['header']['title']['content']}\n{card['elements'][0]['content']}"
    part = body[body["msgtype"]]
    return str(part["content"] if kind == "wecom" else part["text"])


class Service(BaseHTTPRequestHandler):
    """One request."""

    def setup(self) -> None:
        super().setup()
        if fault("closed", ""):
            self.connection.close()
            raise ConnectionError

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""

    def do_GET(self) -> None:
        note({"path": self.path, "shown": None})
        self._say(b"OK")

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        url, body = urlsplit(self.path), json.loads(raw)
        kind = {"/cgi": "wecom", "/rob": "dingtalk", "/ope": "feishu"}[url.path[:4]]
        do = fault(None, self.path)
        code, words = self._judge(kind, url.query, body, raw)
        if do and do.lstrip("-").isdigit():
            code, words = int(do), f"no, said {self.path}"
        seen = code == 0 and (
            do is None or do in {"garbage", "huge", "trickle", "dropped", "stall"}
        )
        about = {"path": url.path, "query": url.query, "kind": kind, "size": len(raw)}
        note({**about, "code": code, "shown": text_of(kind, body) if seen else None})
        names = ("code", "msg") if kind == "feishu" else ("errcode", "errmsg")
        self._fail(do or "", json.dumps(dict(zip(names, (code, words), strict=True))).encode())

    def _judge(self, kind: str, query: str, body: dict[str, Any], raw: bytes) -> tuple[int, str]:
        size = len(text_of(kind, body).encode()) if kind == "wecom" else len(raw)
        if "wrong" in self.path or not signed(kind, parse_qs(query), body):
            return WRONG[kind]
        if size > (4096 if kind == "wecom" else 20_000):
            return LONG[kind], "too long"
        with LOCK:
            times = TIMES.setdefault(self.path.partition("&")[0], deque())
            while times and times[0] < time.monotonic() - 60:
                times.popleft()
            if len(times) >= SCRIPT.get("rate", 1000):
                return FAST[kind], "too fast"
            times.append(time.monotonic())
        return 0, "ok"

    def _fail(self, do: str, answer: bytes) -> None:
        if do == "stall":
            time.sleep(600)
        elif do == "dropped":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif do == "trickle":
            for byte in b"HTTP/1.1 200 OK\r\nX: " + b"a" * 600:
                self.wfile.write(bytes([byte]))
                time.sleep(0.3)
        elif do == "huge":
            self._say(b'{"errcode": 0, "more": "' + b"a" * (1 << 24) + b'"}')
        elif do == "garbage":
            self._say(b"<html>ok</html>")
        elif do == "redirect":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
        elif do.startswith("http-"):
            self._say(b"oops", int(do[5:]))
        else:
            self._say(answer)

    def _say(self, content: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def fault(kind: str | None, path: str) -> str | None:
    """What is to go wrong with this request; `closed` holds before it is read."""
    with LOCK:
        for told in SCRIPT.get("faults", []):
            early = told["do"] == "closed"
            if (kind == "closed") != early or told.get("match", "") not in path:
                continue
            if "times" in told:
                if not told["times"]:
                    continue
                told["times"] -= 1
            return str(told["do"])
    return None


def note(told: dict[str, object]) -> None:
    """Write a request down."""
    with LOCK:
        number = len(list(FOLDER.glob("*.json"))) + 1
        part = FOLDER / f"{number:04}.part"
        part.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        part.rename(part.with_suffix(".json"))


class Server(ThreadingHTTPServer):
    """Threads that stall do not keep it from ending."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Broken lines are what it is for."""


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Service)
    if "cert" in SCRIPT:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(SCRIPT["cert"], SCRIPT["key"])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_address[1], flush=True)  # noqa: T201
    server.serve_forever()
