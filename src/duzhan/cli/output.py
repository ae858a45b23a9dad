"""Where results go: colours to a terminal, plain text to a pipe, JSON to a program, or a file."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from duzhan.cli.options import path_option
from duzhan.cli.speech import say
from duzhan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.campaign.standing import Campaign
    from duzhan.compliance.issue_list import Listed
    from duzhan.report.pages.page import Page

# Stands for the standard output where a file is named.
_PIPE = "-"

# Of more entries than this nobody reads the JSON himself.
_LONG = 500

csv_option = path_option(
    "--csv",
    metavar="文件",
    about="另存为 CSV（UTF-8，Excel 可直接打开）；写 - 则输出 CSV，不再输出清单。",
)
xlsx_option = path_option("--xlsx", metavar="文件", about="另存为 Excel 工作簿。")


@dataclass(frozen=True, slots=True)
class Files:
    """Files to write a list to, as named on the command line."""

    csv: Path | None = None
    xlsx: Path | None = None

    @property
    def to_pipe(self) -> bool:
        """Whether the CSV is what is printed, and no file."""
        return self.csv is not None and str(self.csv) == _PIPE

    def check(self, root: Path, *, as_json: bool) -> None:
        """Refuse what would count as a list of the dataset.

        Raises:
            UsageError: so it would, or two things would be printed.
        """
        if self.to_pipe and as_json:
            raise UsageError(f"--csv {_PIPE} 和 --json 都写到标准输出，请只用一个")
        for path in (self.csv, self.xlsx):
            if path is not None and not (path is self.csv and self.to_pipe):
                refuse_among_lists(path.parent, root)


def refuse_among_lists(folder: Path, root: Path) -> None:
    """Refuse to write among the issue lists: whatever lies there is read as one.

    Args:
        folder: where something is to be written.
        root: the dataset's folder.

    Raises:
        UsageError: it is the folder of the lists, or lies in it.
    """
    from duzhan.columns import ISSUES

    lists, wanted = (root / ISSUES).resolve(), folder.resolve()
    if lists in (wanted, *wanted.parents):
        raise UsageError(f"不能写到“{folder}”：里面的文件都算台账，请写到别处")


def stop() -> None:
    """Let what is still to be printed go nowhere, or Python would try once more at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show(page: Page) -> None:
    """Print a page for people."""
    if sys.stdout.isatty():
        from duzhan.report.pages.terminal import print_page

        print_page(page)
    else:
        from duzhan.report.pages.plain import rendered

        for text in rendered(page):
            say(text, nl=False)


def show_json(document: dict[str, Any]) -> None:
    """Print one JSON document and nothing else; indenting a long one would take its time."""
    from duzhan.report.json.writing import LongList, written

    lists = (part for part in document.values() if isinstance(part, list | LongList))
    long = any(len(part) > _LONG for part in lists)
    for text in written(document, indented=not long):
        click.echo(text, nl=False)
    click.echo()


def deliver(session: Campaign, lines: Listed, what: str, files: Files, page: Page | None) -> None:
    """Write a list of issues to the files named; print it as a page, or as JSON without one.

    Args:
        session: what they are of.
        lines: the issues.
        what: which they are, for a workbook's title.
        files: where else they go.
        page: what is shown; None for JSON, or where the CSV is shown.
    """
    from duzhan.report.json import mark
    from duzhan.report.json.issues import all_issues_json
    from duzhan.report.sheets import issues as issue_files

    day, sample = session.day, session.sample
    if files.to_pipe:
        click.echo("\ufeff".encode(), nl=False)
        for text in issue_files.csv_texts(lines, sample):
            click.echo(text.encode(), nl=False)
    elif files.csv:
        issue_files.write_csv(files.csv, lines, sample)
        say(f"已写入 {files.csv}（{len(lines)}件）", err=True)
    if files.xlsx:
        issue_files.write_xlsx(files.xlsx, lines.whole(), what, day, sample)
        say(f"已写入 {files.xlsx}（{len(lines)}件）", err=True)
    if page is not None:
        show(page)
    elif not files.to_pipe:
        show_json(mark(all_issues_json(lines, day), sample))
