"""What stands in an OLE container that holds no workbook."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from duzhan.intake.refusals import NotAListError, locked

if TYPE_CHECKING:
    from pathlib import Path

_TYPED = "请把里面的清单填成表格（xlsx、docx 或 CSV）后再报"
# Streams by which programs know their files.
_KINDS = {
    "WordDocument": ("旧版 Word 或 WPS 文字文档（doc、wps）", "请用 Word 或 WPS 打开后另存为 docx"),
    "PowerPoint Document": ("演示文稿（PPT）", _TYPED),
    "__properties_version1.0": ("Outlook 邮件（msg）", "请把附件里的清单另存出来后再报"),
    "VisioDocument": ("Visio 图", _TYPED),
}


def refuse_other(path: Path) -> None:
    """Refuse a container by what is in it; return if that is unknown.

    Raises:
        NotAListError: it holds a document that is no workbook.
        RefusedFileError: it is encrypted.
    """
    from xlrd.compdoc import CompDoc, CompDocError  # noqa: PLC0415

    try:
        container = CompDoc(path.read_bytes(), logfile=io.StringIO())
    except (CompDocError, LookupError, ValueError, AssertionError):
        return
    names = {entry.name for entry in container.dirlist}
    if "EncryptedPackage" in names:
        raise locked()
    for name, (what, remedy) in _KINDS.items():
        if name in names:
            raise NotAListError(what, remedy)
