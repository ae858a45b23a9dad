"""What is no list is told for what it is; archives and mails give what is in them."""

from __future__ import annotations

import email.message
import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from duzhan.intake.formats.opening import opened
from duzhan.intake.refusals import NotAListError, RefusedFileError
from foreign import read_file

if TYPE_CHECKING:
    from pathlib import Path

LIST = "编号,问题描述,地点\n1,甲,一街\n".encode()
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(100)


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def names(path: Path, folder: Path) -> list[str]:
    folder.mkdir()
    members = opened(path, lambda: folder, 1 << 30)
    assert members is not None
    for member in members:
        assert member.path.resolve().is_relative_to(folder.resolve()) or member.refusal
    return [member.name for member in members]


KINDS = {
    "图片": JPEG,
    "PDF 文件": b"%PDF-1.7\n\xe2\xe3\xcf\xd3",
    "RAR 压缩包": b"Rar!\x1a\x07\x01\0",
    "7z 压缩包": b"7z\xbc\xaf\x27\x1c\0\x04",
    "RTF 文档": b"{\\rtf1\\ansi",
    "OFD 文件": None,
    "演示文稿（PPT）": None,
}


@pytest.mark.parametrize("what", KINDS)
def test_what_is_no_list_is_told_for_what_it_is(what: str, tmp_path: Path) -> None:
    path = tmp_path / "富宁县.xlsx"
    data = KINDS[what]
    if data is not None:
        path.write_bytes(data)
    else:
        inside = "OFD.xml" if "OFD" in what else "ppt/presentation.xml"
        archive(path, {"[Content_Types].xml": b"", inside: b"<x/>"})

    with pytest.raises(NotAListError) as caught:
        read_file(path)

    assert caught.value.what == what
    assert caught.value.remedy.startswith(("请", "图片里的字读不出来，请"))


def test_a_text_that_begins_like_a_picture_is_a_text(tmp_path: Path) -> None:
    path = tmp_path / "富宁县.csv"
    path.write_bytes("BM,问题描述,地点\n1,甲,一街\n".encode())

    assert len(read_file(path)) == 1


def test_names_of_members_are_read_in_the_encoding_of_their_system(tmp_path: Path) -> None:
    path = archive(tmp_path / "材料.zip", {"QQQQ/WWWW.csv": LIST, "富宁县/照片.jpg": JPEG})
    raw = path.read_bytes()
    for old, new in ((b"QQQQ", "富宁"), (b"WWWW", "清单")):
        raw = raw.replace(old, new.encode("gbk"))
    path.write_bytes(raw)

    assert names(path, tmp_path / "in") == ["材料.zip/富宁/清单.csv", "材料.zip/富宁县/照片.jpg"]


def test_an_archive_in_an_archive_is_opened_and_one_in_that_is_named(tmp_path: Path) -> None:
    deep = archive(tmp_path / "c.zip", {"c.csv": LIST}).read_bytes()
    inner = archive(tmp_path / "b.zip", {"b.csv": LIST, "c.zip": deep}).read_bytes()
    path = archive(tmp_path / "a.zip", {"a.csv": LIST, "b.zip": inner})
    folder = tmp_path / "in"
    folder.mkdir()

    members = opened(path, lambda: folder, 1 << 30)

    assert members is not None
    assert [(member.name, member.refusal is None) for member in members] == [
        ("a.zip/a.csv", True),
        ("a.zip/b.zip/b.csv", True),
        ("a.zip/b.zip/c.zip", False),
    ]


def test_a_path_upwards_stays_inside_and_noise_is_left_out(tmp_path: Path) -> None:
    members = {
        "../../etc/清单.csv": LIST,
        "/root/b.csv": LIST,
        "..\\c.csv": LIST,
        "__MACOSX/._a.csv": b"",
        "~$富宁县.xlsx": b"",
        "Thumbs.db": b"",
    }
    path = archive(tmp_path / "a.zip", members)

    assert names(path, tmp_path / "in") == ["a.zip/etc/清单.csv", "a.zip/root/b.csv", "a.zip/c.csv"]
    assert {one.name for one in tmp_path.iterdir()} == {"a.zip", "in"}


def test_a_workbook_is_no_archive(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.xlsx", {"[Content_Types].xml": b"", "xl/workbook.xml": b""})

    assert opened(path, lambda: tmp_path, 1 << 30) is None


def test_an_encrypted_archive_and_a_bomb_are_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"a.csv": LIST})
    raw = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.find(mark) + at] |= 1
    locked = tmp_path / "b.zip"
    locked.write_bytes(raw)

    with pytest.raises(RefusedFileError, match="加了密码"):
        opened(locked, lambda: tmp_path, 1 << 30)
    with pytest.raises(RefusedFileError, match="超过上限"):
        opened(path, lambda: tmp_path, 10)


def test_among_the_lists_of_a_dataset_an_archive_is_named(tmp_path: Path) -> None:
    path = archive(tmp_path / "富宁县.zip", {"a.csv": LIST})

    with pytest.raises(NotAListError, match="duzhan import"):
        read_file(path)


def test_a_file_that_only_begins_like_an_archive_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "富宁县.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(500))

    with pytest.raises(RefusedFileError, match="损坏"):
        read_file(path)


# ---------------------------------------------------------------- mails


def mail(path: Path, attachments: dict[str, bytes], html: str = "") -> Path:
    message = email.message.EmailMessage()
    message["From"] = "a@example.org"
    message["Subject"] = "富宁县清单"
    message.set_content("见附件")
    if html:
        message.add_alternative(html, subtype="html")
    for name, data in attachments.items():
        message.add_attachment(data, maintype="application", subtype="x", filename=name)
    path.write_bytes(bytes(message))
    return path


def test_a_saved_mail_gives_its_attachments(tmp_path: Path) -> None:
    path = mail(tmp_path / "信.eml", {"富宁县清单.csv": LIST, "照片.jpg": JPEG})

    assert names(path, tmp_path / "in") == ["信.eml/富宁县清单.csv", "信.eml/照片.jpg"]
    with pytest.raises(NotAListError, match="邮件"):
        read_file(path)


def test_names_of_attachments_are_read_however_they_are_written(tmp_path: Path) -> None:
    path = mail(tmp_path / "信.eml", {"QQQQ.csv": LIST})
    raw = path.read_bytes()
    for n, name in enumerate((b"=?gb2312?B?uLvE/g==?=.csv", "富宁.csv".encode("gbk"))):
        path.write_bytes(raw.replace(b"QQQQ.csv", name))
        assert names(path, tmp_path / f"in{n}") == ["信.eml/富宁.csv"]


def test_a_mail_with_its_table_in_the_text_gives_that(tmp_path: Path) -> None:
    html = "<table><tr><td>编号<td>问题描述</tr></table>"

    assert names(mail(tmp_path / "信.eml", {}, html), tmp_path / "in") == ["信.eml/正文1.html"]


def test_a_mail_without_attachment_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotAListError, match="没有附件的邮件"):
        opened(mail(tmp_path / "信.eml", {}), lambda: tmp_path, 1 << 30)


def test_an_empty_archive_is_named(tmp_path: Path) -> None:
    data = io.BytesIO()
    zipfile.ZipFile(data, "w").close()
    path = tmp_path / "空.zip"
    path.write_bytes(data.getvalue())

    with pytest.raises(NotAListError, match="空的压缩包"):
        opened(path, lambda: tmp_path, 1 << 30)
