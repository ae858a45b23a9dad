"""What reading a zip archive can come to, when the archive is damaged or made to do harm."""

from __future__ import annotations

import posixpath
import zipfile
import zlib

# The standard library's own words for it: no archive, or a damaged one; a stream that breaks
# off or is wrong; a file that cannot be read; names that are no text, sizes that cannot be; a
# way of packing that it does not know or a password, both of them a RuntimeError.
UNZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)


def part_name(name: str) -> str:
    """The name of a document's part, as names are compared."""
    return posixpath.normpath(name.replace("\\", "/")).lstrip("/").lower()
