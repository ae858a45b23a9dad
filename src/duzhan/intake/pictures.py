"""Pictures: what their first bytes say, and, where Pillow reads them, their time and likeness.

Nothing is decoded before its size is known: a picture of more pixels than any camera's is
kept as it came and never opened. Pillow is loaded when there is a picture to look at.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

# Those that are decoded; each phone, Word and WPS write one of them.
_DECODED = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF")
SHOWN = frozenset(["jpg", "png", "gif", "bmp", "webp", "tif"])
_MARKS = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF8", "gif"),
    (b"II*\0", "tif"),
    (b"MM\0*", "tif"),
    (b"\xd7\xcd\xc6\x9a", "wmf"),
    (b"%PDF-", "pdf"),
)
_BRANDS = {b"heic": "heic", b"heix": "heic", b"mif1": "heic", b"msf1": "heic", b"avif": "avif"}
# Where EXIF holds times (of the photograph, of its becoming digital, of the file), and turns.
_EXIF, _TIMES, _FILE_TIME = 0x8769, (0x9003, 0x9004), 0x0132
_ORIENTATION = 0x0112
_TIME = "%Y:%m:%d %H:%M:%S"
# What Pillow raises on damaged or hostile pictures.
_FAULTS = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError,
    EOFError, OverflowError, ZeroDivisionError, MemoryError, RuntimeError, struct.error,
)  # fmt: skip
# A JPEG is made small while it is decoded; of others every pixel takes four bytes.
_PIXELS = {"JPEG": 150_000_000, "MPO": 150_000_000}
_PIXELS_OF_OTHERS = 40_000_000
_ACROSS, _DOWN = 9, 8


class PictureFacts(NamedTuple):
    """What a picture says of itself.

    Attributes:
        width: in pixels, as the picture is to be seen.
        height: likewise.
        taken: when its camera says that it was taken, without zone; None if it does not.
        likeness: 64 bits that pictures of one scene nearly share (`apart`).
    """

    width: int
    height: int
    taken: dt.datetime | None
    likeness: int


def suffix_of(data: bytes) -> str | None:
    """The ending of the names of such files, told by their first bytes; None for what is none.

    Args:
        data: the file, or its first 64 bytes at least.
    """
    for mark, suffix in _MARKS:
        if data.startswith(mark):
            return suffix
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12])
    if data[:4] == b"\1\0\0\0" and data[40:44] == b" EMF":
        return "emf"
    # Of a bitmap the size of its second header is known.
    return "bmp" if data[:2] == b"BM" and data[14:18] in (b"\x28\0\0\0", b"\x0c\0\0\0") else None


def look(data: bytes) -> PictureFacts | None:
    """Look at a picture; None if it cannot be shown: damaged, too large, or of another kind."""
    try:
        with _opened(data) as image:
            taken, size = _taken(image), _size(image)
            image.draft("L", (_ACROSS * 8, _DOWN * 8))
            return PictureFacts(*size, taken, _likeness(image))
    except _FAULTS:
        return None


def taken_at(data: bytes) -> dt.datetime | None:
    """When a picture's camera says that it was taken; nothing is decoded."""
    try:
        with _opened(data) as image:
            return _taken(image)
    except _FAULTS:
        return None


def reduced(
    data: bytes, box: tuple[int, int], quality: int = 70, *, padded: bool = False
) -> bytes | None:
    """A small JPEG of a picture, upright, with nothing in it but the pixels.

    Coordinates, device and time stay behind with the original.

    Args:
        data: the picture.
        box: the most pixels across and down.
        quality: of the JPEG, from 1 to 95.
        padded: make it just as large as the box, with white beside it.

    Returns:
        None if it cannot be shown.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - most runs see no picture

    try:
        with _opened(data) as image:
            image.draft("RGB", (box[0] * 2, box[1] * 2))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail(box)
            plain = Image.new("RGB", upright.size, "white")
            if "A" in upright.getbands() or "transparency" in upright.info:
                clear = upright.convert("RGBA")
                plain.paste(clear, mask=clear.getchannel("A"))
            else:
                plain.paste(upright.convert("RGB"))
            if padded:
                plain = ImageOps.pad(plain, box, color="white")
            made = io.BytesIO()
            plain.save(made, "JPEG", quality=quality, optimize=True)
            return made.getvalue()
    except _FAULTS:
        return None


def apart(first: int, second: int) -> int:
    """In how many of 64 bits two likenesses differ: 0 for the same scene, about 32 for others."""
    return (first ^ second).bit_count()


class _Quiet:
    """Pillow's warnings of odd pictures, ignored while any thread looks at one.

    What `warnings` does for one thread would stay behind when two leave it in another order.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._caught = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._caught = warnings.catch_warnings()
                self._caught.__enter__()
                warnings.simplefilter("ignore")
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._caught.__exit__(None, None, None)


_QUIET = _Quiet()


@contextmanager
def _opened(data: bytes) -> Iterator[Image]:
    """Open a picture whose size and kind are no danger.

    Raises:
        one of `_FAULTS`.
    """
    from PIL import Image  # noqa: PLC0415 - most runs see no picture

    with _QUIET:
        try:
            with Image.open(io.BytesIO(data), formats=_DECODED) as image:
                if image.width * image.height > _PIXELS.get(image.format or "", _PIXELS_OF_OTHERS):
                    raise ValueError("more pixels than any camera's")
                yield image
        except Image.DecompressionBombError as error:
            raise ValueError(str(error)) from None


def _size(image: Image) -> tuple[int, int]:
    width, height = image.size
    turned = image.getexif().get(_ORIENTATION) in (5, 6, 7, 8)
    return (height, width) if turned else (width, height)


def _taken(image: Image) -> dt.datetime | None:
    exif = image.getexif()
    inner = exif.get_ifd(_EXIF)
    for text in (*(inner.get(tag) for tag in _TIMES), exif.get(_FILE_TIME)):
        try:
            return dt.datetime.strptime(str(text).strip("\0 "), _TIME)  # noqa: DTZ007 - has none
        except ValueError:
            continue
    return None


def _likeness(image: Image) -> int:
    """The signs of the differences between neighbours of a tiny grey picture (dHash)."""
    small = image.convert("L").resize((_ACROSS, _DOWN))
    grey = small.tobytes()
    bits = 0
    for row in range(_DOWN):
        for at in range(row * _ACROSS, row * _ACROSS + _ACROSS - 1):
            bits = bits << 1 | (grey[at] > grey[at + 1])
    return bits
