"""Group robots of 企业微信 (WeCom).

Markdown of its own: headings, bold, quotes; no lists, no tables. A text may have
4096 bytes of UTF-8; 20 messages a minute. The key in the address is all that
keeps others out: there is no signature.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.deliver.channels.robot import Answer, Post, RobotText, encoded, markdown, whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duzhan.deliver.channels.secret import Secret


class _WeCom:
    limit = 4096
    # -1: the system is busy. Above the rate (45009) a minute must pass, or more.
    passing = frozenset({-1})

    def size(self, notice: RobotText) -> int:
        """Bytes of the text."""
        return len(self.text(notice).encode())

    def text(self, notice: RobotText) -> str:
        """A heading, and lines."""
        return markdown(notice, lambda title: f"### {title}", "\n")

    def post(
        self,
        notice: RobotText,
        secret: Secret | None,  # noqa: ARG002 - it has no signature
        now: float,  # noqa: ARG002
    ) -> Post:
        """A message of type markdown."""
        return Post(
            encoded({"msgtype": "markdown", "markdown": {"content": self.text(notice)}}), {}
        )

    def answer(self, told: Mapping[str, object]) -> Answer:
        """`errcode` and `errmsg`."""
        return Answer(whole_number(told.get("errcode")), str(told.get("errmsg", "")))


KIND = _WeCom()
