"""Build duzhan as one folder that needs no Python, with PyInstaller.

    pip install pyinstaller duzhan-….whl        # in an environment of its own
    python tools/one_folder.py FOLDER

FOLDER/duzhan/duzhan is the program; it runs on systems like the one that it was built on.
See docs/offline.md.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

# Loaded by name, when a command needs them.
_WHOLE = ("duzhan", "docxtpl", "docx")
_ONLY_DATA = ("pyarrow", "tzdata")
# What other packages would bring along, and no command loads.
_LEFT_OUT = ("pandas.tests", "numpy.tests", "pyarrow.tests", "tkinter", "matplotlib", "IPython")


def main() -> None:
    """Build the folder that the command line names."""
    import PyInstaller.__main__ as builder  # noqa: PLC0415 - no dependency of the project

    (folder,) = map(Path, sys.argv[1:])
    with tempfile.TemporaryDirectory() as work:
        start = Path(work) / "start.py"
        start.write_text("from duzhan.cli import main\n\nmain()\n", "utf-8")
        builder.run(
            [
                *("--noconfirm", "--clean", "--onedir", "--console", "--name", "duzhan"),
                *("--distpath", str(folder), "--workpath", work, "--specpath", work),
                *(part for name in _WHOLE for part in ("--collect-submodules", name)),
                *(part for name in (*_WHOLE, *_ONLY_DATA) for part in ("--collect-data", name)),
                *(part for name in _LEFT_OUT for part in ("--exclude-module", name)),
                str(start),
            ]
        )


if __name__ == "__main__":
    main()
