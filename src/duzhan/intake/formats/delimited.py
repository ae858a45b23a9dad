"""CSV and its kin: encoding, separator, ragged rows, stray quotes, exact line numbers.

Small files and odd ones are read by the standard library's csv module, which
can say where each row stands. Large, well-formed ones go through Arrow's
reader, some five times as fast; whatever it cannot take whole comes back here.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan.intake.grid import Flaw, Grid, RefusedFileError, columns_of
from duzhan.intake.headers import HEADER_WITHIN, Header, HeaderFinder
from duzhan.intake.text import shorten
from duzhan.intake.unlisted import why_unlisted

if TYPE_CHECKING:
    from _csv import Reader
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from duzhan.intake.formats.sample import Sample
    from duzhan.intake.grid import LineNumbers

_HEAD = 1 << 16
_LARGE = 1 << 20
# No cell is longer; where a C long has 32 bits, no larger limit can be set.
_LONGEST = (1 << 31) - 1
_SEPARATORS = ",;\t|"
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# Three Chinese characters in UTF-8 are nine bytes of these two classes; as
# GB18030 they would be characters that do not stand side by side.
_CLASSES = bytes(
    ord("L") if 0xE3 <= byte <= 0xE9 else ord("C") if 0x80 <= byte <= 0xBF else ord(".")
    for byte in range(256)
)
_UTF8_RUN = b"LCCLCCLCC"
_END = "\x00end of file\x00"
RESAVE = "请用 Excel 或 WPS 另存为“CSV UTF-8”后再用"


def fits(_sample: Sample) -> bool:
    """Whatever is nothing else is read as text."""
    return True


def read(sample: Sample, finder: HeaderFinder) -> list[Grid]:
    """Read a text table.

    Raises:
        RefusedFileError: empty, undecodable, without a known header, or with a
            quote that swallows the rest.
    """
    data = sample.content()
    if len(data) >= _LARGE:
        if data.endswith((b"\n\n", b"\n\r\n")):
            data = data.rstrip(b"\r\n")
        if grid := _read_large(data, finder):
            return [grid]
    text, encoding = decode(data)
    return [_read_text(text, encoding, finder)]


# ---------------------------------------------------------------- encoding


def decode(data: bytes) -> tuple[str, str]:
    """Decode a text file: by its byte order mark, else as UTF-8, else as GB18030.

    Raises:
        RefusedFileError: none of them fits the whole file.
    """
    bom, encoding = _bom(data)
    body = data[len(bom) :]
    if not encoding.startswith("utf-16") and (nul := body.find(b"\0")) >= 0:
        raise _nul_found(body, nul)
    try:
        return body.decode(encoding), encoding
    except UnicodeDecodeError as error:
        if bom:
            line = body.count(b"\n", 0, error.start) + 1
            message = f"文件开头标明是 {encoding.upper()}，但此行不是，{RESAVE}"
            raise RefusedFileError("bad-encoding", message, line) from None
        return _decode_gb18030(body, error.start), "gb18030"


def _bom(data: bytes) -> tuple[bytes, str]:
    start = data[:3]
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return bom, encoding
    return b"", "utf-8"


def _nul_found(body: bytes, position: int) -> RefusedFileError:
    sample = body[:400]
    if sample.count(b"\0") * 10 > len(sample):
        message = f"像是没有标明编码（BOM）的 UTF-16 文件，{RESAVE}"
        return RefusedFileError("bad-encoding", message, 1)
    line = body.count(b"\n", 0, position) + 1
    message = f"含有 NUL 字节，文件可能已损坏或不是文本，{RESAVE}"
    return RefusedFileError("bad-encoding", message, line)


def _decode_gb18030(body: bytes, not_utf8_at: int) -> str:
    not_utf8 = body.count(b"\n", 0, not_utf8_at) + 1
    if in_utf8 := _line_in_utf8(body):
        message = f"文件里混有两种编码（UTF-8 和 GB18030），从此行起变了，{RESAVE}"
        raise RefusedFileError("bad-encoding", message, max(in_utf8, not_utf8))
    try:
        return body.decode("gb18030")
    except UnicodeDecodeError as error:
        line = max(not_utf8, body.count(b"\n", 0, error.start) + 1)
        message = f"此行既不是 UTF-8 也不是 GB18030 编码，{RESAVE}"
        raise RefusedFileError("bad-encoding", message, line) from None


def _line_in_utf8(body: bytes) -> int | None:
    """The first line that is UTF-8 in a file that is not."""
    classes = body.translate(_CLASSES)
    at = classes.find(_UTF8_RUN)
    while at >= 0:
        start, end = body.rfind(b"\n", 0, at) + 1, body.find(b"\n", at)
        end = end if end >= 0 else len(body)
        try:
            body[start:end].decode("utf-8")
        except UnicodeDecodeError:
            at = classes.find(_UTF8_RUN, end)
        else:
            return body.count(b"\n", 0, at) + 1
    return None


# ---------------------------------------------------------------- the exact way


def _read_text(text: str, encoding: str, finder: HeaderFinder) -> Grid:
    if not text.strip():
        raise RefusedFileError("bad-file", "文件是空的，应有表头和问题清单")
    separator, header = _find_header(text[:_HEAD], finder) or _refuse_headless(text, finder)
    rows, lines = _rows(text, separator)
    body, lines = rows[header.index + 1 :], lines[header.index + 1 :]
    width = len(header.cells)
    line_numbers = np.asarray(lines, np.int64)
    flaws = [_overlong(index, body[index], width) for index in _overlong_rows(body, width)]
    return Grid(
        sheet=None,
        header=header,
        preface=rows[: header.index],
        # A further table below may be wider than the first.
        columns=columns_of(body, max(map(len, body), default=width) if flaws else width),
        line_of=lambda wanted: line_numbers[wanted].tolist(),
        flaws=flaws,
        encoding=encoding,
    )


def _overlong_rows(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Rows with more cells than the header; empty ones too, where other rows have none."""
    said = [index for index, row in enumerate(rows) if any(map(str.strip, row))]
    spare = all(len(rows[index]) > width for index in said if len(rows[index]) >= width)
    return [
        index
        for index in said
        if len(rows[index]) > width and not (spare and not any(map(str.strip, rows[index][width:])))
    ]


def _overlong(index: int, row: Sequence[str], width: int) -> Flaw:
    message = (
        f"有 {len(row)} 格，表头只有 {width} 格：多半是文字里的逗号没有加引号，"
        "各列已错位，此行的日期一概不计，请改正后重报"
    )
    return Flaw(index, None, shorten("，".join(row[width:])), message)


def _find_header(head: str, finder: HeaderFinder) -> tuple[str, Header] | None:
    """Try each separator; the right one is the one under which a header appears."""
    best: tuple[str, Header] | None = None
    for separator in _SEPARATORS:
        header = finder.find(_first_rows(head, separator))
        if header and (best is None or len(header.columns) > len(best[1].columns)):
            best = separator, header
            if len(header.columns) > 2:
                break
    return best


def _first_rows(head: str, separator: str) -> list[list[str]]:
    reader = _reader(head, separator)
    return [row for row, _ in zip(reader, range(HEADER_WITHIN), strict=False)]


def _reader(text: str, separator: str) -> Reader:
    csv.field_size_limit(_LONGEST)
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def _rows(text: str, separator: str) -> tuple[list[list[str]], list[int]]:
    """All rows with the line each begins on.

    Raises:
        RefusedFileError: a quote without its partner swallows the rest of the file.
    """
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = _reader(f"{text}\n{_END}", separator)
    next_line = 1
    for row in reader:
        rows.append(row)
        lines.append(next_line)
        next_line = reader.line_num + 1
    if rows[-1] != [_END]:
        raise swallowed(lines[-1], rows[-1][-1].count("\n") - 1)
    return rows[:-1], lines[:-1]


def swallowed(line: int, count: int) -> RefusedFileError:
    """A quote opened on this line has no partner."""
    many = f"其后 {count} 行" if count else "其后各行"
    message = f"有一个英文引号没有配对，{many}被吞进同一格，请删去或补上这个引号"
    return RefusedFileError("bad-cell", message, line)


def _refuse_headless(text: str, finder: HeaderFinder) -> tuple[str, Header]:
    tables = [_first_rows(text[:_HEAD], separator) for separator in _SEPARATORS]
    # The right separator is the one that finds most cells.
    rows = max(tables, key=lambda rows: max(map(len, rows), default=0))
    raise RefusedFileError("missing-column", why_unlisted(rows, finder), None)


# ---------------------------------------------------------------- the fast way


def _read_large(data: bytes, finder: HeaderFinder) -> Grid | None:
    """Read a large, regular file with Arrow; None if anything about it is irregular."""
    bom, encoding = _bom(data)
    if encoding != "utf-8" or not _regular(data):
        return None
    try:
        head = data[len(bom) : data.rfind(b"\n", 0, _HEAD) + 1].decode("utf-8")
    except UnicodeDecodeError:
        try:
            text = _decode_gb18030(data, 0)
        except RefusedFileError:
            return None
        return _read_arrow(text.encode("utf-8"), 0, text[:_HEAD], "gb18030", finder)
    return _read_arrow(data, len(bom), head, encoding, finder)


def _regular(data: bytes) -> bool:
    """Whether Arrow sees the same rows on the same lines as the csv module would."""
    return (
        b"\0" not in data
        and b"\n\n" not in data
        and (b"\r" not in data or _whole_line_ends(data))
        and data.count(b'"') % 2 == 0
    )


def _whole_line_ends(data: bytes) -> bool:
    return b"\n\r\n" not in data and data.count(b"\r") == data.count(b"\r\n")


def _read_arrow(
    data: bytes, start: int, head: str, encoding: str, finder: HeaderFinder
) -> Grid | None:
    # pyarrow.csv is loaded for large files only.
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    found = _find_header(head, finder)
    if found is None:
        return None
    separator, header = found
    preface, header_lines = _through_header(head, separator, header.index)
    offset = start + len("".join(_lines(head)[:header_lines]).encode())
    width = len(header.cells)
    names = [str(position) for position in range(width)]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(data).slice(offset)),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=1 << 22),
            parse_options=arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    return Grid(
        sheet=None,
        header=header,
        preface=preface,
        columns=table.columns,
        line_of=_line_numbers(table, header_lines),
        encoding=encoding,
    )


def _lines(text: str) -> list[str]:
    """Lines as the csv module counts them: form feeds and their like end none."""
    return list(io.StringIO(text, newline=""))


def _through_header(head: str, separator: str, index: int) -> tuple[list[list[str]], int]:
    reader = _reader(head, separator)
    rows = [next(reader) for _ in range(index + 1)]
    return rows[:-1], reader.line_num


def _line_numbers(table: pa.Table, header_lines: int) -> LineNumbers:
    """Line numbers from the line breaks inside cells, counted when first asked for."""

    def lines(wanted: NDArray[np.integer]) -> list[int]:
        breaks = np.zeros(table.num_rows, np.int64)
        for column in table.columns:
            breaks += pc.count_substring(column, "\n").to_numpy()
        begins = header_lines + 1 + np.arange(table.num_rows) + np.cumsum(breaks) - breaks
        return [int(line) for line in begins[wanted]]

    return lines
