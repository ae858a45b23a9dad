"""The kind of requirement that docs/extending.md shows, and commands run with it.

    python toy_requirement.py CALLS

The kind asks for so many closed issues. It is put into the registry before the commands
load, as a line of the source would be. CALLS is JSON, a list of argument lists; the answer
is JSON, what each said: code, out, err.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from duzhan import requirements

PAGE = Path(__file__).parent.parent / "docs" / "extending.md"


def sample_of(section: str, name: str) -> ModuleType:
    """The module that a section of the page shows, which readers paste."""
    text = PAGE.read_text("utf-8").partition(f"## {section}\n")[2]
    code = text.partition("```python\n")[2].partition("```")[0]
    module = ModuleType(name)
    exec(compile(code, name, "exec"), vars(module))  # noqa: S102 - our own page
    return module


def said(arguments: list[str]) -> dict[str, Any]:
    """Run one command in this process."""
    from duzhan.cli import main

    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n") for _ in range(2))
    code: object = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as end:
            code = end.code
    out.seek(0)
    err.seek(0)
    return {"code": code, "out": out.read(), "err": err.read()}


if __name__ == "__main__":
    closed = sample_of("一种要求", "duzhan.requirements.closed")
    requirements.KINDS[closed.NAME] = closed.ClosedKind()
    sys.stdout.write(json.dumps([said(call) for call in json.loads(sys.argv[1])]))
