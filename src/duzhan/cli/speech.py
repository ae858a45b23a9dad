"""The one way in which commands print: what they say is made visible first."""

from __future__ import annotations

import click

from duzhan.visible import visible


def say(text: str, *, nl: bool = True, err: bool = False) -> None:
    """Print text for people.

    Args:
        text: what to say; whatever in it a terminal would obey is shown as signs.
        nl: end the line.
        err: it is no result, and goes to stderr.
    """
    click.echo(visible(text), nl=nl, err=err)
