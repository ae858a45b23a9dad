"""What is no list, told for what it is by its first bytes, with the step that helps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from duzhan.intake.refusals import NotAListError

if TYPE_CHECKING:
    from duzhan.intake.formats.sample import Sample
    from duzhan.intake.grid import Grid
    from duzhan.intake.headers import HeaderFinder


class FileKind(NamedTuple):
    """A kind of file.

    Attributes:
        what: what it is, as a noun.
        remedy: the step that helps.
    """

    what: str
    remedy: str


_TYPED = "请把里面的清单填成表格（xlsx、docx 或 CSV）后再报"
PICTURE = "图片"
_PICTURE = FileKind(PICTURE, "图片里的字读不出来，请把清单填成表格（xlsx、docx 或 CSV）后再报")
_PDF = FileKind("PDF 文件", "请发来它的原稿（xlsx 或 docx），扫描件请把清单填成表格后再报")
_ARCHIVE = "请解压后把里面的表格发来，或另压成 zip"
_MEDIA = FileKind("音频或视频", _TYPED)

# First bytes; those of a container that may hold anything have a second mark at 8 or 4.
_KINDS: tuple[tuple[bytes, FileKind], ...] = (
    (b"\xff\xd8\xff", _PICTURE),
    (b"\x89PNG\r\n\x1a\n", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"BM", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"%PDF-", _PDF),
    (b"%OFD-", FileKind("OFD 文件", "请发来它的原稿（xlsx 或 docx）")),
    (b"Rar!\x1a\x07", FileKind("RAR 压缩包", _ARCHIVE)),
    (b"7z\xbc\xaf\x27\x1c", FileKind("7z 压缩包", _ARCHIVE)),
    (b"\x1f\x8b", FileKind("GZ 压缩包", _ARCHIVE)),
    (b"BZh", FileKind("BZ2 压缩包", _ARCHIVE)),
    (b"\xfd7zXZ\0", FileKind("XZ 压缩包", _ARCHIVE)),
    (b"{\\rtf", FileKind("RTF 文档", "请用 Word 或 WPS 打开后另存为 docx")),
    (b"ID3", _MEDIA),
    (b"SQLite format 3\0", FileKind("数据库文件", "请把清单导出成 xlsx 或 CSV 后再报")),
    (b"MZ", FileKind("程序", "它不是表格，请核对是不是发错了文件")),
    (b"\x7fELF", FileKind("程序", "它不是表格，请核对是不是发错了文件")),
)
_RIFF = {b"WEBP": _PICTURE, b"WAVE": _MEDIA, b"AVI ": _MEDIA}
_BRANDS = {b"heic": _PICTURE, b"heix": _PICTURE, b"mif1": _PICTURE, b"avif": _PICTURE}
_ZIPPED = (
    ("presentation.xml", FileKind("演示文稿（PPT）", _TYPED)),
    ("ofd.xml", FileKind("OFD 文件", "请发来它的原稿（xlsx 或 docx）")),
    ("document.xml", FileKind("文档", _TYPED)),
)


def kind_of(sample: Sample) -> FileKind | None:
    """What a file is that no reader reads; None if it may be a list.

    A text that happens to begin with two such letters is told apart by what follows.
    """
    head = sample.head
    if sample.is_zip:
        return next((kind for name, kind in _ZIPPED if sample.holds(name)), None)
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], _MEDIA)
    for mark, kind in _KINDS:
        if head.startswith(mark) and (len(mark) > 3 or not mark.isascii() or b"\0" in head):
            return kind
    return None


def fits(sample: Sample) -> bool:
    """Whether the file is of a kind that is no list."""
    return kind_of(sample) is not None


def read(sample: Sample, _finder: HeaderFinder) -> list[Grid]:
    """Refuse the file, by its name.

    Raises:
        NotAListError: always.
    """
    kind = kind_of(sample)
    raise NotAListError(*(kind or _PICTURE))
