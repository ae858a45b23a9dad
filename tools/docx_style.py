"""The house style of official documents (GB/T 9704) as parts of a Word package.

Sizes by their Chinese names: 二号 22 pt, 三号 16 pt, 四号 14 pt, 五号 10.5 pt.
Fonts are named as offices name them; `word/fontTable.xml` gives each the other
names under which a computer may have it, so that a missing one is replaced by its like.
"""

from __future__ import annotations

from typing import NamedTuple

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = f'xmlns:w="{W}" xmlns:r="{R}"'
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

# The page in twentieths of a point: A4, margins 37/35/28/26 mm, so a text of 156 x 225 mm.
MM = 1440 / 25.4
PAGE = (round(210 * MM), round(297 * MM))
TOP, BOTTOM, LEFT, RIGHT = (round(side * MM) for side in (37, 35, 28, 26))
TEXT_WIDTH = PAGE[0] - LEFT - RIGHT

TITLE_FONT, BODY_FONT = "方正小标宋简体", "仿宋_GB2312"
HEADING_FONT, SECOND_FONT, SMALL_FONT = "黑体", "楷体_GB2312", "宋体"
LATIN_FONT = "Times New Roman"
RED = "C00000"


class Font(NamedTuple):
    """A font: other names of it, and of what stands in for it, nearest first."""

    name: str
    others: str
    family: str
    charset: str = "86"  # GB 2312


FONTS = (
    Font(
        TITLE_FONT,
        "方正小标宋_GBK,FZXiaoBiaoSong-B05S,FZXBSJW--GB1-0,小标宋体,华文中宋,STZhongsong,宋体,SimSun,"
        "思源宋体,Source Han Serif SC,Noto Serif CJK SC",
        "roman",
    ),
    Font(
        BODY_FONT,
        "仿宋,FangSong,FangSong_GB2312,方正仿宋_GBK,华文仿宋,STFangsong,宋体,SimSun,"
        "Noto Serif CJK SC",
        "modern",
    ),
    Font(
        SECOND_FONT,
        "楷体,KaiTi,KaiTi_GB2312,方正楷体_GBK,华文楷体,STKaiti,宋体,SimSun,Noto Serif CJK SC",
        "modern",
    ),
    Font(
        HEADING_FONT,
        "SimHei,方正黑体_GBK,华文黑体,STHeiti,Heiti SC,思源黑体,Source Han Sans SC,"
        "Noto Sans CJK SC",
        "modern",
    ),
    Font(SMALL_FONT, "SimSun,方正书宋_GBK,华文宋体,STSong,思源宋体,Noto Serif CJK SC", "auto"),
    Font(LATIN_FONT, "Liberation Serif,Tinos", "roman", "00"),
)


def font_table() -> str:
    """Give ``word/fontTable.xml``."""
    entries = "".join(
        f'<w:font w:name="{font.name}"><w:altName w:val="{font.others}"/>'
        f'<w:charset w:val="{font.charset}"/><w:family w:val="{font.family}"/></w:font>\n'
        for font in FONTS
    )
    return f"{DECLARATION}<w:fonts {NAMESPACES}>\n{entries}</w:fonts>"


def faces(chinese: str) -> str:
    """The fonts of a run: one for Chinese, one for figures and Latin letters."""
    return (
        f'<w:rFonts w:ascii="{LATIN_FONT}" w:hAnsi="{LATIN_FONT}" '
        f'w:eastAsia="{chinese}" w:cs="{LATIN_FONT}"/>'
    )


class Style(NamedTuple):
    """A paragraph style.

    Attributes:
        id: as the document refers to it.
        name: as Word lists it.
        font: for Chinese characters.
        size: in half points.
        line: in twentieths of a point, exact; 0 for as high as the content.
        paragraph: further paragraph properties before and after spacing, in schema order.
        run: further run properties.
    """

    id: str
    name: str
    font: str
    size: int
    line: int
    before: str = ""
    after: str = ""
    run: str = ""
    space: tuple[int, int] = (0, 0)


# No mark hangs out of the text into the margin.
_NO_OVERFLOW = '<w:overflowPunct w:val="0"/>'
# Pages are filled to the last line, also in the middle of a paragraph.
_FULL_PAGES = '<w:widowControl w:val="0"/>'
_KEEP = "<w:keepNext/><w:keepLines/>"
_LEVEL_1, _LEVEL_2 = (f'<w:outlineLvl w:val="{level}"/>' for level in (0, 1))
_RIGHT_4 = '<w:ind w:right="1280" w:rightChars="400"/>'
_RIGHT_1 = '<w:ind w:right="280" w:rightChars="100"/>'
_LEFT_1 = '<w:ind w:left="280" w:leftChars="100"/>'
_COPIES = (
    '<w:keepLines/><w:pBdr><w:top w:val="single" w:sz="8" w:space="4" w:color="000000"/>'
    '<w:bottom w:val="single" w:sz="8" w:space="4" w:color="000000"/></w:pBdr>'
)
_TWO = '<w:ind w:firstLine="640" w:firstLineChars="200"/>'
_CENTRE, _RIGHT, _LEFT = (f'<w:jc w:val="{side}"/>' for side in ("center", "right", "left"))

STYLES = (
    Style("Campaign", "行动名称", SECOND_FONT, 32, 480, _KEEP, _CENTRE, space=(0, 120)),
    Style("Head", "报头", TITLE_FONT, 72, 920, _KEEP, _CENTRE, f'<w:color w:val="{RED}"/>'),
    Style("Number", "期号", BODY_FONT, 32, 560, _KEEP, _CENTRE),
    Style(
        "Issuer",
        "编印",
        BODY_FONT,
        32,
        560,
        f'{_KEEP}<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="4" w:color="{RED}"/></w:pBdr>'
        f'<w:tabs><w:tab w:val="right" w:pos="{TEXT_WIDTH}"/></w:tabs>',
    ),
    Style("Title", "Title", TITLE_FONT, 44, 640, _KEEP, _CENTRE, space=(320, 0)),
    Style("Dates", "期间", SECOND_FONT, 32, 560, _KEEP, _CENTRE),
    Style("BodyText", "Body Text", BODY_FONT, 32, 560, "", _TWO),
    Style("Addressee", "主送", BODY_FONT, 32, 560, _KEEP),
    Style("Heading1", "heading 1", HEADING_FONT, 32, 560, _KEEP, f"{_TWO}{_LEVEL_1}"),
    Style("Heading2", "heading 2", SECOND_FONT, 32, 560, _KEEP, f"{_TWO}{_LEVEL_2}"),
    Style("TableTitle", "表题", HEADING_FONT, 24, 400, _KEEP, _CENTRE, space=(120, 60)),
    Style("TableHead", "表头", HEADING_FONT, 20, 290, "<w:keepNext/>", _CENTRE),
    Style("TableText", "表格文字", SMALL_FONT, 20, 290, "", _LEFT),
    Style("Gap", "表后", SMALL_FONT, 12, 120),
    Style("Picture", "图", SMALL_FONT, 21, 0, "", _CENTRE, space=(120, 60)),
    Style("PictureNote", "图注", SMALL_FONT, 21, 360, "", _CENTRE),
    Style("Signature", "落款", BODY_FONT, 32, 560, _KEEP, f"{_RIGHT_4}{_RIGHT}"),
    Style("Copies", "抄送", BODY_FONT, 28, 480, _COPIES, space=(240, 120)),
    Style("Note", "说明", SMALL_FONT, 18, 280, _KEEP),
    Style("Sample", "示例标记", HEADING_FONT, 20, 280, "", _CENTRE, f'<w:color w:val="{RED}"/>'),
    Style("FooterOdd", "页码（单页）", SMALL_FONT, 28, 320, "", f"{_RIGHT_1}{_RIGHT}"),
    Style("FooterEven", "页码（双页）", SMALL_FONT, 28, 320, "", f"{_LEFT_1}{_LEFT}"),
)


# A page that must hold everything: small letters, narrow margins.
NARROW = (round(14 * MM), round(16 * MM), round(12 * MM), round(16 * MM))
_HANGING = '<w:ind w:left="420" w:leftChars="0" w:hanging="420" w:hangingChars="0"/>'
SMALL_STYLES = (
    Style("Title", "Title", TITLE_FONT, 44, 600, _KEEP, _CENTRE, f'<w:color w:val="{RED}"/>'),
    Style(
        "Dates",
        "期间",
        SECOND_FONT,
        22,
        340,
        f'{_KEEP}<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="2" w:color="{RED}"/></w:pBdr>'
        f'<w:tabs><w:tab w:val="right" w:pos="{PAGE[0] - 2 * NARROW[1]}"/></w:tabs>',
        space=(0, 80),
    ),
    Style("BodyText", "Body Text", BODY_FONT, 24, 400, "", space=(0, 60)),
    Style("Heading1", "heading 1", HEADING_FONT, 23, 360, _KEEP, _LEVEL_1, space=(80, 0)),
    Style("Line", "条目", BODY_FONT, 21, 310, "", _HANGING),
    Style("TableHead", "表头", HEADING_FONT, 18, 250, "<w:keepNext/>", _CENTRE),
    Style("TableText", "表格文字", SMALL_FONT, 18, 250, "", _LEFT),
    Style("Gap", "表后", SMALL_FONT, 6, 60),
    Style("Note", "说明", SMALL_FONT, 16, 220, "", space=(20, 20)),
    Style("Sample", "示例标记", HEADING_FONT, 16, 220, "", _CENTRE, f'<w:color w:val="{RED}"/>'),
    Style("FooterOdd", "页码（单页）", SMALL_FONT, 18, 240, "", _CENTRE),
    Style("FooterEven", "页码（双页）", SMALL_FONT, 18, 240, "", _CENTRE),
)


def _style(style: Style) -> str:
    before, after = style.space
    spacing = f'<w:spacing w:before="{before}" w:after="{after}"'
    spacing += (
        f' w:line="{style.line}" w:lineRule="exact"/>'
        if style.line
        else ' w:line="240" w:lineRule="auto"/>'
    )
    following = '<w:next w:val="BodyText"/>' if "outlineLvl" in style.after else ""
    custom = "" if style.name.isascii() else ' w:customStyle="1"'
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId="{style.id}"><w:name w:val="{style.name}"/>'
        f'<w:basedOn w:val="Normal"/>{following}<w:qFormat/>'
        f"<w:pPr>{style.before}{_NO_OVERFLOW}{spacing}{style.after}</w:pPr>"
        f"<w:rPr>{faces(style.font)}{style.run}"
        f'<w:sz w:val="{style.size}"/><w:szCs w:val="{style.size}"/></w:rPr></w:style>\n'
    )


def styles(used: tuple[Style, ...] = STYLES) -> str:
    """Give ``word/styles.xml``."""
    return (
        f"{DECLARATION}<w:styles {NAMESPACES}>\n"
        f"<w:docDefaults><w:rPrDefault><w:rPr>{faces(BODY_FONT)}"
        '<w:kern w:val="0"/><w:sz w:val="32"/><w:szCs w:val="32"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        f"<w:pPrDefault><w:pPr>{_FULL_PAGES}{_NO_OVERFLOW}</w:pPr></w:pPrDefault></w:docDefaults>\n"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        f"<w:qFormat/><w:pPr>{_FULL_PAGES}{_NO_OVERFLOW}"
        '<w:spacing w:line="560" w:lineRule="exact"/><w:jc w:val="both"/>'
        "</w:pPr></w:style>\n"
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/></w:style>\n'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
        '<w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:tblPr><w:tblInd w:w="0" '
        'w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="70" w:type="dxa"/>'
        '<w:bottom w:w="0" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        "</w:style>\n"
        f"{''.join(_style(style) for style in used)}</w:styles>"
    )


def settings(*, facing: bool = True) -> str:
    """Give ``word/settings.xml``: Chinese line breaking, today's Word.

    Args:
        facing: whether page numbers stand outside, as on sheets printed on both sides.
    """
    return (
        f"{DECLARATION}<w:settings {NAMESPACES}>"
        f'<w:zoom w:percent="100"/>{"<w:evenAndOddHeaders/>" if facing else ""}'
        '<w:characterSpacingControl w:val="compressPunctuation"/>'
        '<w:compat><w:useFELayout/><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )
