"""Group robots of 飞书 (Feishu).

A card with a header and one element of Markdown. A request may have 20 KB; five
messages a second, a hundred a minute. Signed with HMAC-SHA256 over nothing, with
the time in seconds and the secret as its key, in the body.
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
    plain,
    whole_number,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duzhan.deliver.channels.secret import Secret

_SIGNED = {"timestamp": "0" * 10, "sign": "=" * 44}


class _Feishu:
    limit = 20_000
    # 11232: the service itself is under pressure, as on the hour. Above the rate
    # (9499, 99991400) or with a wrong signature (19021) trying again is pointless.
    passing = frozenset({11232})

    def size(self, notice: RobotText) -> int:
        """Bytes of the request, signed."""
        return len(encoded({**_SIGNED, **self._card(notice)}))

    def text(self, notice: RobotText) -> str:
        """The card's element; its title stands in the header."""
        return "\n".join(map(plain, notice.lines))

    def post(self, notice: RobotText, secret: Secret | None, now: float) -> Post:
        """An interactive card that asks for no answer."""
        signed = signature(secret.reveal(), now) if secret else {}
        return Post(encoded({**signed, **self._card(notice)}), {})

    def answer(self, told: Mapping[str, object]) -> Answer:
        """`code` and `msg`; older deployments say `StatusCode` and `StatusMessage`."""
        code = whole_number(told.get("code", told.get("StatusCode")))
        return Answer(code, str(told.get("msg", told.get("StatusMessage", ""))))

    def _card(self, notice: RobotText) -> dict[str, object]:
        title = {"tag": "plain_text", "content": plain(notice.title)}
        elements = [{"tag": "markdown", "content": self.text(notice)}]
        card = {"header": {"title": title}, "elements": elements}
        return {"msg_type": "interactive", "card": card}


def signature(secret: str, now: float) -> dict[str, str]:
    """What signs a request, in its body.

    Args:
        secret: the robot's 密钥.
        now: seconds since 1970; the service takes an hour more or less.
    """
    timestamp = str(round(now))
    told = hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256)
    return {"timestamp": timestamp, "sign": base64.b64encode(told.digest()).decode()}


KIND = _Feishu()
