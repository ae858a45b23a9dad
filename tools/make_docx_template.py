"""Make the Word templates: the weekly report, the brief and the visit sheet.

What stands in the template can be read here, and its changes in a diff. An office
edits the .docx itself, in Word or WPS, as a copy in its dataset's `templates/`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from docx_package import grid, package, paragraph, paragraphs, parts
from docx_style import NARROW, SMALL_STYLES

FOLDER = Path(__file__).parents[1] / "templates"

_ISSUER = "{% if offices %}{{ (offices|last).name }}{% endif %}"


def head() -> str:
    """报头, 期号, 编印单位 and day, title; a county's summary begins with its title."""
    number = (
        paragraph("BodyText", "{%p if number %}"),
        paragraph("Number", "{{ number }}"),
        paragraph("BodyText", "{%p endif %}"),
    )
    return "".join(
        (
            paragraph("BodyText", "{%p if not county %}"),
            paragraph("Campaign", "{{ campaign }}"),
            paragraph("Head", "{{ title }}"),
            *number,
            paragraph("Issuer", f"{_ISSUER}\t{{{{ report.week.as_of|full_date }}}}"),
            paragraph("Title", "{{ period }}督战情况"),
            paragraph("Dates", "（{{ as_of }}）"),
            paragraph("BodyText", "{%p else %}"),
            paragraph("Campaign", "{{ campaign }}"),
            paragraph("Title", "{{ title }}"),
            *number,
            paragraph("Dates", "{{ period }}"),
            paragraph("Dates", "（{{ as_of }}）"),
            paragraph("BodyText", "{%p endif %}"),
            paragraph("Gap", ""),
            paragraph("BodyText", "{%p if to %}"),
            paragraph("Addressee", "{{ to }}："),
            paragraph("BodyText", "{%p endif %}"),
        )
    )


def sections() -> str:
    """The report's sections: paragraphs and tables in their order, charts after the second."""
    return "".join(
        (
            paragraph("BodyText", "{%p for section in sections %}"),
            paragraph("Heading1", "{{ section.heading }}"),
            paragraph("BodyText", "{%p for part in section.parts %}"),
            paragraph("BodyText", "{%p if part is string %}"),
            paragraph("BodyText", "{{ part }}"),
            paragraph("BodyText", "{%p else %}"),
            paragraph("BodyText", "{%p if part.title %}"),
            paragraph("TableTitle", "{{ part.title }}"),
            paragraph("BodyText", "{%p endif %}"),
            grid(
                "for row in part.rows",
                "for name in part.header",
                "{{ name }}",
                "for cell in row|{{ cell }}",
            ),
            paragraph("Gap", ""),
            paragraph("BodyText", "{%p endif %}"),
            paragraph("BodyText", "{%p endfor %}"),
            charts(),
            paragraph("BodyText", "{%p endfor %}"),
        )
    )


def charts() -> str:
    """The charts, or one sentence that says why there are none."""
    return "".join(
        (
            paragraph("BodyText", '{%p if section.key == "standings" %}'),
            paragraph("BodyText", "{%p for picture in pictures %}"),
            paragraph("Picture", "{{ picture.drawing }}"),
            paragraph("BodyText", "{%p endfor %}"),
            paragraph("BodyText", "{%p if no_pictures %}"),
            paragraph("PictureNote", "{{ no_pictures }}"),
            paragraph("BodyText", "{%p endif %}"),
            paragraph("BodyText", "{%p endif %}"),
        )
    )


def foot() -> str:
    """落款, or a county's lines to sign on; to whom copies go; where the figures come from."""
    return "".join(
        (
            paragraph("BodyText", "{%p if county %}"),
            paragraphs("Signature", "审核人：　　　　　　填报人：　　　　　　", "（公章）　　"),
            paragraph("Signature", "年　　月　　日"),
            paragraph("BodyText", "{%p else %}"),
            paragraph("BodyText", "{%p for office in offices %}"),
            paragraph("Signature", "{{ office.name }}"),
            paragraph("BodyText", "{%p endfor %}"),
            paragraph("Signature", "{{ report.week.as_of|full_date }}"),
            paragraph("BodyText", "{%p endif %}"),
            paragraph("BodyText", "{%p if copies %}"),
            paragraph("Copies", "抄送：{{ copies|join('、') }}"),
            paragraph("BodyText", "{%p endif %}"),
            paragraph("BodyText", "{%p for line in small_print %}"),
            paragraph("Note", "{{ line }}"),
            paragraph("BodyText", "{%p endfor %}"),
        )
    )


_SAMPLE = paragraph("Sample", "{% if sample %}{{ sample }}{% endif %}")


def report() -> bytes:
    """The weekly report's template, the same bytes each time."""
    subject = "{{ title }}{{ number }} {{ period }}"
    return package(parts(head() + sections() + foot(), _SAMPLE, subject, "{{ campaign }}"))


def brief() -> bytes:
    """The brief's template: one page."""
    body = "".join(
        (
            paragraph("Title", "{{ title }}"),
            paragraph("Dates", "{{ number }}\t{{ as_of }}"),
            paragraph("BodyText", "{{ headline }}"),
            _table("table"),
            _if("legend", paragraph("Note", "{{ legend }}")),
            _if(
                "graves",
                paragraph("Heading1", "{{ grave_title }}"),
                _each("line in graves", paragraph("Line", "{{ loop.index }}．{{ line }}")),
            ),
            paragraph("Heading1", "{{ ask_title }}"),
            _each("ask in asks", paragraph("Line", "{{ ask[0] }}：{{ ask[1] }}")),
            _each("line in small_print", paragraph("Note", "{{ line }}")),
        )
    )
    return _small(body)


def visit() -> bytes:
    """The visit sheet's template: two pages."""
    body = "".join(
        (
            paragraph("Title", "{{ title }}"),
            paragraph("Dates", "{{ group }}\t{{ day }}"),
            paragraph("Line", "组长：{{ leaders }}"),
            _each("line in standing", paragraph("Line", "{{ line }}")),
            _each(
                "heading, table, note in sections",
                paragraph("Heading1", "{{ heading }}"),
                _if("table", _table("table")),
                _if("note", paragraph("Note", "{{ note }}")),
            ),
            paragraph("Heading1", "四、{{ ask_title }}"),
            _each("line in asks", paragraph("Line", "{{ loop.index }}．{{ line }}")),
            paragraph("Heading1", "五、督战记录（按督战记录表的列）"),
            grid(
                "for row in fields",
                "for name in ('项目', '记录')",
                "{{ name }}",
                "for cell in row|{{ cell }}",
            ),
            paragraph("Gap", ""),
            paragraph("BodyText", "带队领导签字：　　　　　　　　　　　　　　县（市）负责人签字："),
            _each("line in small_print", paragraph("Note", "{{ line }}")),
        )
    )
    return _small(body)


def _small(body: str) -> bytes:
    made = parts(body, _SAMPLE, "{{ title }}", "{{ campaign }}", used=SMALL_STYLES, margins=NARROW)
    return package(made)


def _table(name: str) -> str:
    return grid(
        f"for row in {name}.rows",
        f"for name in {name}.header",
        "{{ name }}",
        "for cell in row|{{ cell }}",
    ) + paragraph("Gap", "")


def _if(condition: str, *content: str) -> str:
    begin, end = (
        paragraph("BodyText", tag) for tag in (f"{{%p if {condition} %}}", "{%p endif %}")
    )
    return f"{begin}{''.join(content)}{end}"


def _each(loop: str, *content: str) -> str:
    begin = paragraph("BodyText", f"{{%p for {loop} %}}")
    end = paragraph("BodyText", "{%p endfor %}")
    return f"{begin}{''.join(content)}{end}"


TEMPLATES = {"督战周报.docx": report, "督战要点.docx": brief, "督战核查单.docx": visit}


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for name, made in TEMPLATES.items():
        (folder / name).write_bytes(made())
