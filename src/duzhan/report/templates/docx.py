"""Word documents from templates that an office edits in Word or WPS.

The same sandbox as for text runs inside the document; what data puts in is
escaped. The same inputs give the same parts: no time of making is kept.
"""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import struct
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docx.image.image import Image
from docxtpl import DocxTemplate
from lxml import etree

from duzhan.errors import DuzhanError, reason
from duzhan.files import contents
from duzhan.intake.unzip import UNZIP_FAULTS
from duzhan.report.templates import environment
from duzhan.report.templates.docx_layout import lay_out, marked, scaled
from duzhan.report.templates.docx_links import without_external
from duzhan.report.templates.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jinja2 import Environment

# The largest picture: as wide as the text, and 210 mm of its 225; English metric units, of
# which a screen's pixel has 9525.
_MILLIMETRE = 36_000
_WIDEST, _TALLEST = 156 * _MILLIMETRE, 210 * _MILLIMETRE
_PIXEL = 9525
_SIDES = ("distT", "distB", "distL", "distR")
# An office's template is a few pages and perhaps a picture.
_LARGEST = 64 << 20
_STAMP = (1980, 1, 1, 0, 0, 0)
_TAG = re.compile(r"(\{[{%][-+]?)")
_QUOTED = 40
# What XML cannot hold, even escaped.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# No archive, none of a Word file, or its parts are no XML.
_NO_WORD_FILE = (*UNZIP_FAULTS, etree.XMLSyntaxError, KeyError)


class _Sandbox(Sandbox):
    """The sandbox, putting out only what XML can hold."""

    def _put_out(self, value: Any) -> Any:  # noqa: ANN401 - any value of a template
        shown = super()._put_out(value)
        return _IMPOSSIBLE.sub(" ", shown) if isinstance(shown, str) else shown


class _Document(DocxTemplate):  # type: ignore[misc] # docxtpl has no types
    """A template that can quote its paragraphs: a Word file has no lines to number.

    docxtpl begins a line at each paragraph; here each tag begins one more, inside
    its braces, where it prints nothing.
    """

    source: str = ""

    def render_xml_part(
        self,
        src_xml: str,
        part: Any,  # noqa: ANN401 - of python-docx
        context: Mapping[str, Any],
        jinja_env: Environment | None = None,
    ) -> str:
        """Render the body, a header or a footer."""
        numbered = _TAG.sub(r"\1\n", marked(src_xml.replace("\n", " ")))
        self.source = re.sub(r"(?=<w:p[ >])", "\n", numbered)
        rendered: str = super().render_xml_part(numbered, part, context, jinja_env)
        # docxtpl repairs what is torn, and drops what does not fit.
        etree.fromstring(rendered.encode())
        return rendered

    def render_properties(
        self, context: Mapping[str, Any], jinja_env: Environment | None = None
    ) -> None:
        """Render the document's title, subject and the like."""
        self.source = ""
        super().render_properties(context, jinja_env)

    def where(self, line: int) -> str:
        """Quote the paragraph that a line belongs to, or the tag that stands between paragraphs."""
        lines = self.source.split("\n")
        if not self.source or line > len(lines):
            return "文档属性"
        before = "\n".join(lines[: line - 1])
        start = max(before.rfind("<w:p>"), before.rfind("<w:p "))
        if start <= before.rfind("</w:p>"):
            start, end = max(before.rfind("{%"), before.rfind("{{")), "}"
        else:
            end = "</w:p>"
        quoted = self.source[start:].partition(end)
        return f"“{_plain(quoted[0] + quoted[1])}”处"


def _plain(xml: str) -> str:
    """The text of a piece of a document, cut where it is long."""
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", "", xml.replace("\n", ""))).split())
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


@dataclass(frozen=True, slots=True)
class WordPicture:
    """A PNG or JPEG, which a template places as ``{{ chart.picture }}``; no wider than the text.

    Attributes:
        width: in English metric units.
        margin: beside it, likewise; None for what the program that shows it takes.
    """

    _document: _Document
    _data: bytes
    _alt: str
    width: int
    margin: int | None = None

    def __html__(self) -> str:
        part = self._document.current_rendering_part
        inline = part.new_pic_inline(io.BytesIO(self._data), self.width, None)
        inline.docPr.set("descr", self._alt)
        for side in _SIDES if self.margin is not None else ():
            inline.set(side, str(self.margin))
        return (
            f"</w:t></w:r><w:r><w:drawing>{inline.xml}</w:drawing></w:r>"
            '<w:r><w:t xml:space="preserve">'
        )


class WordTemplate:
    """A Word template of the dataset, or of the program.

    Args:
        name: file name, such as 督战周报.docx.
        root: the dataset's folder; None for the program's templates only.

    Raises:
        DuzhanError: there is none, or it is no Word document.
    """

    def __init__(self, name: str, root: Path | None) -> None:
        found = environment.find(name, root)
        if found is None:
            raise DuzhanError(f"找不到模板 {name}，请重新安装 duzhan")
        path, self._shown = found
        self._name, self._root = name, root
        self._document = _opened(path, self._shown)

    def picture(self, png: bytes, alt: str, scale: float = 1) -> WordPicture:
        """Make a picture that this template can place.

        Args:
            png: the picture.
            alt: what it shows, for those who cannot see it.
            scale: how many of its pixels make one of the screen.
        """
        across, down = struct.unpack(">II", png[16:24])
        width = min(round(across / scale * _PIXEL), _WIDEST, _TALLEST * across // down)
        return WordPicture(self._document, png, alt, width)

    def photograph(self, jpeg: bytes, alt: str, most: tuple[int, int]) -> WordPicture:
        """Make a photograph that this template can place.

        Args:
            jpeg: the photograph.
            alt: what it shows, for those who cannot see it.
            most: how wide and how high it may be, in millimetres.
        """
        image = Image.from_blob(jpeg)
        width = min(most[0], most[1] * image.px_width / image.px_height)
        return WordPicture(self._document, jpeg, alt, round(width * _MILLIMETRE), 0)

    def render(self, context: Mapping[str, Any], day: dt.date, scale: float = 1) -> bytes:
        """Render the document.

        Args:
            context: the template's variables.
            day: when the document says that it was made.
            scale: how large letters and lines are; 1 as the template has them.

        Raises:
            DuzhanError: the template is at fault; one line that quotes the paragraph.
        """
        engine = environment.furnished(_Sandbox, self._root, autoescape=True)
        loader = engine.loader
        if isinstance(loader, environment.Loader):
            # What a template's text comes from has no file name of its own.
            loader.places.update(dict.fromkeys(("", "<template>", self._name), self._shown))
        with environment.explained(engine, self._name, context, self._document.where):
            self._render(context, engine)
        if scale != 1:
            scaled(self._document.docx, scale)
        lay_out(self._document.docx)
        properties = self._document.docx.core_properties
        properties.created = properties.modified = dt.datetime.combine(day, dt.time())
        made = io.BytesIO()
        self._document.save(made)
        return _without_times(made.getvalue())

    def _render(self, context: Mapping[str, Any], engine: Sandbox) -> None:
        try:
            self._document.render(dict(context), engine, autoescape=True)
        except etree.XMLSyntaxError:
            raise DuzhanError(
                f"模板 {self._shown}：填好以后不是完整的文档，请检查"
                "{%p %} 是否独占一段、{%tr %} 是否独占一行，开始和结束是否成对"
            ) from None


def _opened(path: Path, shown: str) -> _Document:
    """Read a Word file whole; Word would say no more of a bad one than this does."""
    try:
        data = contents(path)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _LARGEST:
                raise DuzhanError(f"模板 {shown} 展开后超过 {_LARGEST >> 20} MiB")
        document = _Document(io.BytesIO(data))
        document.init_docx()
    except OSError as error:
        raise DuzhanError(f"模板 {shown} 读不出来：{reason(error)}") from None
    except _NO_WORD_FILE:
        message = (
            f"模板 {shown} 不是 Word 的 .docx 文档；.doc、.wps 请在 Word 或 WPS 里另存为 .docx"
        )
        raise DuzhanError(message) from None
    return document


def _without_times(document: bytes) -> bytes:
    """Pack the parts anew, each with the same time, none with a link that is fetched."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(document)) as made,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        parts = {part.filename: made.read(part) for part in made.infolist()}
        for name, data in without_external(parts).items():
            packed.writestr(zipfile.ZipInfo(name, _STAMP), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()
