"""Tells a monitoring service how a run ended, in the way of healthchecks: address, or …/fail."""

from __future__ import annotations

import os

from duzhan.deliver.channels import web
from duzhan.errors import DuzhanError

_PATIENCE = 10.0


def ping(variable: str, *, well: bool) -> str | None:
    """Call the address that an environment variable holds.

    Args:
        variable: its name.
        well: whether all is well; if not, what is below the address at `fail` is called.

    Returns:
        Why the service did not hear of it, in one line; None if it did.
    """
    text = os.environ.get(variable, "").strip()
    if not text:
        return f"没有设置环境变量 {variable}，没有告知监控"
    try:
        address = web.address_of(text, f"环境变量 {variable} ")
        reply = web.request(
            address if well else address.below("fail"), lambda: None, patience=_PATIENCE
        )
    except DuzhanError as error:
        return f"没有告知监控：{error.lines[0]}"
    except (web.NotSentError, web.NoAnswerError) as error:
        return f"没有告知监控（{variable}）：{error}"
    if reply.status >= 300:
        return f"没有告知监控（{variable}）：服务器回答 HTTP {reply.status}"
    return None
