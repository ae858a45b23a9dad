"""Group robots of 钉钉 (DingTalk).

A line ends with an empty one. A request may have 20,000 bytes; 20 messages a
minute, and above that nothing for ten. Signed with HMAC-SHA256 over the time in
milliseconds and the secret, with the secret as its key, in the query.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

from duzhan.deliver.channels.robot import (
    Answer,
    Post,
    RobotText,
    encoded,
    markdown,
    plain,
    whole_number,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duzhan.deliver.channels.secret import Secret


class _DingTalk:
    limit = 20_000
    # -1: the system is busy. Above the rate (130101, 410100) ten minutes must pass.
    passing = frozenset({-1})

    def size(self, notice: RobotText) -> int:
        """Bytes of the request."""
        return len(self._body(notice))

    def text(self, notice: RobotText) -> str:
        """A heading, and paragraphs."""
        return markdown(notice, lambda title: f"### {title}", "\n\n")

    def post(self, notice: RobotText, secret: Secret | None, now: float) -> Post:
        """A message of type markdown; its title is what the list of chats shows."""
        return Post(self._body(notice), signature(secret.reveal(), now) if secret else {})

    def answer(self, told: Mapping[str, object]) -> Answer:
        """`errcode` and `errmsg`."""
        return Answer(whole_number(told.get("errcode")), str(told.get("errmsg", "")))

    def _body(self, notice: RobotText) -> bytes:
        content = {"title": plain(notice.title), "text": self.text(notice)}
        return encoded({"msgtype": "markdown", "markdown": content})


def signature(secret: str, now: float) -> dict[str, str]:
    """The parameters that sign a request; the query encodes them.

    Args:
        secret: such as SEC….
        now: seconds since 1970; the service takes an hour more or less.
    """
    timestamp = str(round(now * 1000))
    told = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256)
    return {"timestamp": timestamp, "sign": base64.b64encode(told.digest()).decode()}


KIND = _DingTalk()
