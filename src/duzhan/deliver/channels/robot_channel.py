"""The channel of robots: each asked by itself, within its rate, and heard by its own code."""

from __future__ import annotations

import functools
import json
import os
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from duzhan.deliver.channels import web
from duzhan.deliver.channels.protocol import Delivery, Refusal
from duzhan.deliver.channels.robot import Answer, RobotKind, RobotText, fitted, kind_of
from duzhan.deliver.channels.secret import Secret, secret_in
from duzhan.errors import DuzhanError
from duzhan.model import ROBOTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Self

    from duzhan.deliver.channels.robot import Post
    from duzhan.model import Robot

TIMEOUT = "DUZHAN_ROBOT_TIMEOUT"
_PATIENCE = 20.0
# The smallest of the three services' rates.
A_MINUTE = 20
MINUTE = 60.0
# A server that is overloaded, or stumbled, says so before it did anything.
_PASSING_STATUS = frozenset({408, 425, 429, 500, 503})
# A gateway does not know what the server behind it did.
_GATEWAY_STATUS = frozenset({502, 504})


class Pacing:
    """Keeps one robot below its rate.

    Args:
        spoken: how many seconds ago it spoke before this run.
        most, seconds: so many messages in so many seconds.
    """

    def __init__(
        self, spoken: Iterable[float] = (), most: int = A_MINUTE, seconds: float = MINUTE
    ) -> None:
        now = time.monotonic()
        times = sorted(now - ago for ago in spoken if 0 <= ago < seconds)
        self._times = deque(times, maxlen=most)
        self._most, self._seconds = most, seconds

    def wait(self) -> None:
        """Sleep until another message is within the rate, and count it."""
        if len(self._times) == self._most:
            left = self._times[0] + self._seconds - time.monotonic()
            if left > 0:
                time.sleep(left)
        self._times.append(time.monotonic())


class Robots:
    """Says notices through robots of group chats.

    Attributes:
        together: each robot is asked by itself.

    Args:
        robots: by their names on the record.
        root: the dataset's folder, from which relative paths lead.
        spoken: by name, how many seconds ago a robot spoke before this run.
    """

    together = False

    def __init__(
        self,
        robots: Mapping[str, Robot],
        root: Path,
        spoken: Mapping[str, Sequence[float]],
    ) -> None:
        self._robots = robots
        self._root = root
        self._rates = {name: Pacing(spoken.get(name, ())) for name in robots}
        self._patience = _patience()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held open between messages."""

    def deliver(
        self,
        recipients: Sequence[str],
        content: RobotText,
        announce: Callable[[tuple[str, ...]], None],
    ) -> Delivery:
        """Say a notice through each robot named."""
        made = Delivery()
        for name in recipients:
            self._say(name, content, functools.partial(announce, (name,)), made)
        return made

    def _say(
        self, name: str, notice: RobotText, announce: Callable[[], None], made: Delivery
    ) -> None:
        try:
            robot = self._robots[name]
            kind, address = kind_of(robot.kind), address_of(robot, self._root)
            secret = _secret(robot, self._root)
        except DuzhanError as error:
            made.refused[name] = Refusal(error.lines[0], lasting=True)
            return
        self._rates[name].wait()
        post = kind.post(fitted(notice, kind), secret, time.time())
        try:
            reply = web.request(address, announce, post.body, post.query, self._patience)
        except web.NotSentError as error:
            made.refused[name] = Refusal(error.reason, lasting=error.lasting)
        except web.NoAnswerError as error:
            made.unknown[name] = str(error)
        else:
            hide = _hider(address, secret, post)
            _judge(name, reply, kind, hide, made)


def address_of(robot: Robot, root: Path) -> web.Address:
    """A robot's address, from where the roster says it stands.

    Raises:
        DuzhanError: it is not there, or cannot be used.
    """
    named = f"环境变量 {robot.url_env}" if robot.url_env else "url_file"
    text = _told(robot.url_env, robot.url_file, root, "地址")
    if text is None:
        raise DuzhanError(f"没有设置{named}，不知道{ROBOTS[robot.kind]}的地址")
    return web.address_of(text.reveal(), named)


def check(robot: Robot, root: Path) -> None:
    """Look at where a robot's address and secret stand; say nothing through it.

    Raises:
        DuzhanError: something is missing or wrong.
    """
    address_of(robot, root)
    _secret(robot, root)


def _secret(robot: Robot, root: Path) -> Secret | None:
    found = _told(robot.secret_env, robot.secret_file, root, "密钥")
    if found is None and robot.secret_env:
        raise DuzhanError(f"没有设置环境变量 {robot.secret_env}，{ROBOTS[robot.kind]}不能签名")
    return found


def _told(variable: str | None, file: str | None, root: Path, what: str) -> Secret | None:
    """What a variable or a file holds; None if it is not set."""
    if file is not None:
        return secret_in(root / Path(file), "groups.yaml 的 robots", what)
    text = os.environ.get(variable or "", "").strip()
    return Secret(text) if text else None


def _patience() -> float:
    """Seconds for one request, the answer included.

    Raises:
        DuzhanError: it is no number.
    """
    text = os.environ.get(TIMEOUT, "").strip()
    try:
        seconds = float(text) if text else _PATIENCE
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 3600:
        raise DuzhanError(f"环境变量 {TIMEOUT} 应为大于 0 的秒数，如 {_PATIENCE:g}")
    return seconds


def _hider(address: web.Address, secret: Secret | None, post: Post) -> Callable[[str], str]:
    """What takes address, secret and signature out of a service's words."""
    told = (secret.reveal() if secret else "", *post.query.values())
    hidden = [form for text in told if text for form in (text, quote(text, safe=""))]

    def hide(text: str) -> str:
        for one in hidden:
            text = text.replace(one, "***")
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return address.hide(line)[:200]

    return hide


def _judge(
    name: str, reply: web.Reply, kind: RobotKind, hide: Callable[[str], str], made: Delivery
) -> None:
    """What a reply means: the service's own code decides, not the status of HTTP."""
    answer = _read(reply, kind)
    told = f"{answer.code} {hide(answer.words)}".strip()
    if answer.code == 0 and reply.status < 300:
        made.taken, made.answer = (*made.taken, name), told
    elif answer.code not in {None, 0}:
        made.refused[name] = Refusal(f"机器人回答 {told}", lasting=answer.code not in kind.passing)
    elif answer.code == 0 or 200 <= reply.status < 300:
        made.unknown[name] = f"已经发出，回答读不懂（HTTP {reply.status}）"
    elif reply.status in _GATEWAY_STATUS:
        made.unknown[name] = f"已经发出，网关回答 HTTP {reply.status}，不知道后面收到没有"
    elif 300 <= reply.status < 400:
        reason = f"服务器要转到别处（HTTP {reply.status}），不跟随，请核对地址"
        made.refused[name] = Refusal(reason, lasting=True)
    else:
        lasting = reply.status not in _PASSING_STATUS
        made.refused[name] = Refusal(f"服务器回答 HTTP {reply.status}", lasting=lasting)


def _read(reply: web.Reply, kind: RobotKind) -> Answer:
    try:
        told = json.loads(reply.body)
    except (ValueError, RecursionError):
        return Answer(None)
    return kind.answer(told) if isinstance(told, dict) else Answer(None)
