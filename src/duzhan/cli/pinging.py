"""`--ping`: once everything is on record, a monitoring service hears how a run ended."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import click

from duzhan.cli.session import note

if TYPE_CHECKING:
    from collections.abc import Callable

_OPTION = click.option(
    "--ping",
    metavar="变量名",
    help="运行完告知监控（healthchecks 一类）：这个环境变量里写着地址，不正常时访问其下的 /fail。",
)


def ping_option(function: Callable[..., int]) -> Callable[..., int]:
    """Add `--ping` to a command, whatever way it ends."""

    @functools.wraps(function)
    def command(*arguments: object, ping: str | None, **options: object) -> int:
        if ping is None:
            return function(*arguments, **options)
        well = False
        try:
            code = function(*arguments, **options)
            well = code == 0
        finally:
            _tell(ping, well=well)
        return code

    return _OPTION(command)


def _tell(variable: str, *, well: bool) -> None:
    from duzhan.deliver.channels.ping import ping

    if line := ping(variable, well=well):
        note(line)
