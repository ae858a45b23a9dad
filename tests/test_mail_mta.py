"""A real MTA delivers into mailboxes, and other programs than Python read what is there."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

import forked
from conftest import converted, require
from duzhan.columns import UNIT
from duzhan.deliver.channels.mail.message import XLSX
from mailing import (
    DAY,
    FUNING,
    GUANGNAN,
    OFFICES,
    mail_dataset,
    mail_environment,
    overdue_row,
    parsed,
    set_issues,
)
from postfix import delivered, postfix

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

# A cell that would end the headers of a careless program.
INJECTION = "某局\r\nBcc: spy@example.cn\r\n\r\n<script>alert(1)</script>"
NAMES = ("funing", "guangnan", "aiwei", "zhuanxiang", "spy")


@pytest.fixture(scope="module")
def mailboxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What postfix made of one run."""
    require("postfix", "munpack", "mu")
    if os.geteuid():
        pytest.skip("postfix starts for root only")
    ds = mail_dataset(tmp_path_factory.mktemp("mta") / "ds", offices=True)
    rows = [
        overdue_row("富宁-0001", "2021-06-20", 问题描述="=SUM(1,2)", **{UNIT: INJECTION}),
        overdue_row("富宁-0002", 问题描述="垃圾清运不及时" * 40),
        overdue_row("富宁-0003", "2021-07-04"),
    ]
    set_issues(ds, "富宁县", *rows)
    with postfix(f"{name}@example.cn" for name in NAMES) as (port, boxes):
        variables = {**os.environ, **mail_environment(f"smtp://127.0.0.1:{port}")}
        done = forked.run(["--data", str(ds), "overdue", "--email"], ds, variables)
        assert done.returncode == 0, done.stdout + done.stderr
        for name, count in (("funing", 1), ("guangnan", 1), ("aiwei", 2), ("zhuanxiang", 2)):
            delivered(boxes / name, count)
        yield boxes


def only(box: Path) -> Path:
    (mail,) = delivered(box, 1)
    return mail


def test_each_mailbox_gets_its_mails_and_no_other(mailboxes: Path) -> None:
    counts = {name: len(list((mailboxes / name / "new").glob("*"))) for name in NAMES[:4]}
    assert counts == {"funing": 1, "guangnan": 1, "aiwei": 2, "zhuanxiang": 2}
    assert not (mailboxes / "spy").exists()


def test_the_headers_are_ascii_folded_and_hold_nothing_that_a_cell_brought_in(
    mailboxes: Path,
) -> None:
    raw = only(mailboxes / "funing").read_bytes()
    head = raw.partition(b"\n\n")[0].decode("ascii")
    # The one that cannot be folded is a media type of 65 letters; what stands first is postfix's.
    ours = raw[raw.index(b"\nDate: ") :].splitlines()
    assert [line for line in ours if len(line) > 78] == [b"Content-Type: " + XLSX.encode() + b";"]
    names = re.findall(r"^([A-Za-z-]+):", head, re.MULTILINE)
    assert names.count("To") == names.count("Cc") == names.count("Subject") == 1
    assert "Bcc" not in names
    mail = parsed(raw)
    assert mail["Subject"] == f"【督战】富宁县超期问题 2 件（截至{DAY}）"
    assert mail["From"] == "州爱卫专项办 <duzhan@example.cn>"
    assert mail["To"] == f"富宁县督战组 <{FUNING}>"
    assert mail["Cc"] == f"州爱卫办 <{OFFICES[0]}>, 州爱卫专项办 <{OFFICES[1]}>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.cn>", mail["Message-ID"])
    assert GUANGNAN not in raw.decode()


def test_the_text_names_people_by_post_and_the_html_is_escaped(mailboxes: Path) -> None:
    mail = parsed(only(mailboxes / "funing").read_bytes())
    text, html = (content(mail, kind) for kind in ("plain", "html"))

    assert text.startswith("富宁县督战组：\n组长：州委常委、常务副州长 李先祥；")
    assert "截至2021年7月2日，富宁县超过整改期限仍未整改的问题有2件，最长的超期12天" in text
    assert "其中1件超期超过7天，按“升级督办”的安排报督战组组长、州级两办。" in text
    assert "一、超期问题2件" in text
    assert "二、即将到期的问题1件" in text
    assert "【超期12天】=SUM(1,2)" in text
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def content(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def mu(verb: str, mail: Path) -> str:
    """What another reader of mail says."""
    return subprocess.run(
        ["mu", verb, "--nocolor", mail],
        capture_output=True,
        env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
        check=True,
    ).stdout.decode()


def test_mu_shows_the_mail_as_it_was_meant(mailboxes: Path) -> None:
    shown = mu("view", only(mailboxes / "funing"))

    assert f"Subject: 【督战】富宁县超期问题 2 件（截至{DAY}）" in shown
    assert "From: 州爱卫专项办 <duzhan@example.cn>" in shown
    assert "To: 富宁县督战组 <funing@example.cn>" in shown
    assert "一、超期问题2件" in shown
    assert f"富宁县超期问题 {DAY}.xlsx" in mu("extract", only(mailboxes / "funing"))


def test_the_attachment_taken_out_by_mpack_opens_in_libreoffice_with_the_same_rows(
    mailboxes: Path, tmp_path: Path
) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    mail = only(mailboxes / "funing").read_bytes()
    subprocess.run(["munpack", "-q", "-f"], input=mail, cwd=taken, capture_output=True, check=True)
    books = [path for path in taken.iterdir() if path.read_bytes()[:2] == b"PK"]
    assert len(books) == 1
    book = books[0].rename(tmp_path / "list.xlsx")

    # LibreOffice reads the workbook and writes it anew; a third program reads that.
    rows = CalamineWorkbook.from_path(converted(book, "ods", tmp_path)).get_sheet_by_index(0)
    cells = [[str(cell) for cell in row] for row in rows.to_python()]
    assert [row[1] for row in cells[2:]] == ["富宁-0001", "富宁-0002", "富宁-0003"]
    assert [row[2] for row in cells[2:4]] == ["=SUM(1,2)", "垃圾清运不及时" * 40]
    assert [row[11] for row in cells[2:]] == ["12.0", "1.0", "-2.0"]
    assert "".join(cells[2][6].split()) == "".join(INJECTION.split())
