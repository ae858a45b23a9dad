"""Datasets with addresses, servers to send to, and what arrived there."""

from __future__ import annotations

import email
import email.policy
import json
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duzhan.columns import ISSUE_COLUMNS
from duzhan.store.canonical_csv import rows_bytes
from small import row, server_process, small_dataset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

HERE = Path(__file__).parent
DAY = "2021-07-02"
FUNING, GUANGNAN = "funing@example.cn", "guangnan@example.cn"
OFFICES = ("aiwei@example.cn", "zhuanxiang@example.cn")
_IDS = ("wenshan", "yanshan", "xichou", "malipo", "maguan", "qiubei", "guangnan", "funing")


def addressed(folder: Path, *, offices: bool = True, **lists: str) -> Path:
    """Give every group of a dataset an address, its id's; other keys after it by group id."""
    path = folder / "groups.yaml"
    parts = path.read_text("utf-8").split("    recipients: []\n")
    text = parts[0]
    for name, rest in zip(_IDS, parts[1:], strict=True):
        text += lists.get(name, f"    recipients: [{name}@example.cn]\n") + rest
    if offices:
        for address in OFFICES:
            text = text.replace("    email:\n", f"    email: {address}\n", 1)
    path.write_text(text, "utf-8")
    return folder


def mail_dataset(folder: Path, *, offices: bool = False, **lists: str) -> Path:
    """The small dataset, where 富宁县 has two issues a day overdue, and 广南县 two."""
    return addressed(small_dataset(folder), offices=offices, **lists)


def set_issues(folder: Path, county: str, *rows: list[str]) -> None:
    """Replace a county's list."""
    (folder / "issues" / f"{county}.csv").write_bytes(rows_bytes(ISSUE_COLUMNS, list(rows)))


def overdue_row(identifier: str, due: str = "2021-07-01", **cells: str) -> list[str]:
    """An open issue."""
    return row(identifier, 整改期限=due, **cells)


@dataclass
class Post:
    """A server of a test's own, and what it took."""

    port: int
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What makes duzhan send there."""
        return mail_environment(f"smtp://127.0.0.1:{self.port}")

    def envelopes(self) -> list[dict[str, Any]]:
        """The envelopes, in the order of arrival."""
        return [json.loads(p.read_text("utf-8")) for p in sorted(self.folder.glob("*.json"))]

    def recipients(self) -> list[str]:
        """Each recipient of each mail taken, sorted."""
        return sorted(to for envelope in self.envelopes() for to in envelope["to"])

    def raw(self) -> list[bytes]:
        """The mails as they came."""
        return [path.read_bytes() for path in sorted(self.folder.glob("*.eml"))]

    def mails(self) -> list[EmailMessage]:
        """The mails, parsed."""
        return [parsed(raw) for raw in self.raw()]


def parsed(raw: bytes) -> EmailMessage:
    """A mail as Python reads it."""
    return email.message_from_bytes(raw, policy=email.policy.default)


def mail_environment(url: str, **more: str) -> dict[str, str]:
    """The environment of a process that mails as of `DAY`."""
    return {
        "DUZHAN_SMTP_URL": url,
        "DUZHAN_MAIL_FROM": "州爱卫专项办 <duzhan@example.cn>",
        "DUZHAN_SMTP_TIMEOUT": "2",
        "DUZHAN_TODAY": DAY,
        **more,
    }


@contextmanager
def post_office(folder: Path, *faults: dict[str, Any], **script: Any) -> Iterator[Post]:  # noqa: ANN401
    """A server with these faults, until the block ends."""
    with server_process("mail_server.py", folder, faults, script) as port:
        yield Post(port, folder)


def record(folder: Path) -> list[dict[str, Any]]:
    """The outbox's lines."""
    text = (folder / "outbox.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def events(folder: Path) -> list[tuple[str, ...]]:
    """What the outbox says, without times: event, then recipients or the run's result."""
    return [
        (line["event"], *(line["to"] if "to" in line else [line["result"]]))
        for line in record(folder)
    ]
