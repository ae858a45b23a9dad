"""Fetch the browser libraries of the dashboard from their npm packages: needs npm.

`python tools/vendor_dashboard.py` fetches the versions named in vendor.json anew;
`python tools/vendor_dashboard.py uplot=1.6.32` moves one to another version first.
npm checks each package against the registry's integrity hash; what is taken out of it
is written unchanged, with its licence, and its SHA-256 is recorded in vendor.json.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "src/duzhan/report/vendor"
RECORD = FOLDER / "vendor.json"


def main(arguments: list[str]) -> None:
    """Refresh every library, at the versions recorded or named."""
    libraries: list[dict[str, Any]] = json.loads(RECORD.read_text("utf-8"))
    named = dict(argument.split("=", 1) for argument in arguments)
    for library in libraries:
        library["version"] = named.get(library["package"], library["version"])
        refresh(library)
    RECORD.write_text(json.dumps(libraries, ensure_ascii=False, indent=1) + "\n", "utf-8")


def refresh(library: dict[str, Any]) -> None:
    """Fetch one package, take its files out, record what they are."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"{library['package']}@{library['version']}"
        command = ["npm", "pack", "--json", wanted]
        told = subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603
        (packed,) = json.loads(told.stdout)
        library["integrity"] = packed["integrity"]
        with tarfile.open(Path(folder) / packed["filename"]) as package:
            for file in library["files"]:
                member = package.extractfile(f"package/{file['path']}")
                assert member is not None, file["path"]  # noqa: S101 - a tool for developers
                data = member.read()
                (FOLDER / file["name"]).write_bytes(data)
                file["sha256"] = hashlib.sha256(data).hexdigest()
    print(wanted, library["integrity"])


if __name__ == "__main__":
    main(sys.argv[1:])
