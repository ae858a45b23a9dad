"""Loaded last by the process that all commands of `forked` are forked from.

What a first command compiles and looks up is there for all of them; and no garbage
collector looks through, and so copies, what they share.
"""

from __future__ import annotations

import contextlib
import gc

# What servers of the tests are made of.
import http.server  # noqa: F401
import io
import tempfile
from pathlib import Path

# What is called in such a process.
import damage  # noqa: F401
import fault_driver  # noqa: F401
import forked  # noqa: F401
import mail_driver  # noqa: F401
import mail_server  # noqa: F401
from duzhan.campaign import opening
from duzhan.cli import main
from duzhan.register.create import create
from made import configuration

setattr(opening, "read_configuration", configuration)  # noqa: B010
with (
    tempfile.TemporaryDirectory() as folder,
    contextlib.redirect_stdout(io.StringIO()),
    contextlib.redirect_stderr(io.StringIO()),
):
    create(Path(folder) / "ds", sample=True)
    with contextlib.suppress(SystemExit):
        main(["--data", f"{folder}/ds", "status", "--as-of", "2021-07-15"])

gc.collect()
gc.freeze()
