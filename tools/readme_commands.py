"""Print one of the README's two commands, so that CI and tests run what the README says.

Usage: python tools/readme_commands.py 1|2
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def command(number: int) -> str:
    """The README's first or second command.

    Args:
        number: 1 shows a county, 2 runs the tests.
    """
    section = README.read_text("utf-8").partition("## 两条命令")[2].partition("\n## ")[0]
    return re.findall(r"```sh\n(.+?)\n```", section)[number - 1]


if __name__ == "__main__":
    print(command(int(sys.argv[1])))
