"""What the commands that mail have in common: options, the run, its summary, its exit code."""

from __future__ import annotations

import functools
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duzhan.cli import output
from duzhan.cli.options import data_folder
from duzhan.cli.session import note
from duzhan.errors import DuzhanError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duzhan.dataset.folder import Dataset
    from duzhan.deliver.run import Job, Outcome

EXIT_UNREACHED = 3

_OPTIONS = (
    click.option("--email", is_flag=True, help="发邮件给各督战组，抄送州级两办。"),
    click.option("--dry-run", is_flag=True, help="只把邮件写成 .eml 文件，不发信，也不记录。"),
    click.option(
        "--eml-dir",
        type=click.Path(path_type=Path),
        metavar="目录",
        help="--dry-run 的文件写到哪里；不写则在当前目录新建。",
    ),
    click.option(
        "--resend-unknown", is_flag=True, help="不知道是否送到的邮件也重发一次（请先问收件人）。"
    ),
    click.option("--quiet", is_flag=True, help="一切正常时什么也不打印，供 cron 使用。"),
    click.option(
        "--lock-timeout",
        type=click.FloatRange(min=0),
        default=30.0,
        metavar="秒",
        help="另一个 duzhan 正在发信时最多等多久，默认 30 秒。",
    ),
)


@dataclass(frozen=True, slots=True)
class Mailing:
    """How mail was asked for."""

    email: bool
    dry_run: bool
    eml_dir: Path | None
    resend_unknown: bool
    quiet: bool
    lock_timeout: float

    def check(self) -> None:
        """Refuse what only means something together with other options.

        Raises:
            UsageError: so it is.
        """
        alone = {
            "--dry-run": self.dry_run,
            "--resend-unknown": self.resend_unknown,
            "--quiet": self.quiet,
        }
        for option, given in alone.items():
            if given and not self.email:
                raise UsageError(f"{option} 要和 --email 一起用")
        if self.eml_dir is not None and not self.dry_run:
            raise UsageError("--eml-dir 要和 --dry-run 一起用")


def mail_options(function: Callable[..., int]) -> Callable[..., int]:
    """Add the options of a command that mails; it gets them as `asked`, a `Mailing`."""

    @functools.wraps(function)
    def command(*arguments: object, **options: object) -> int:
        own = {field.name: options.pop(field.name) for field in fields(Mailing)}
        asked = Mailing(**own)  # type: ignore[arg-type]
        asked.check()
        return function(*arguments, asked=asked, **options)

    made: Callable[..., int] = command
    for option in reversed(_OPTIONS):
        made = option(made)
    return made


@contextmanager
def on_record(ctx: click.Context, data: str | None, command: str, asked: Mailing) -> Iterator[None]:
    """Leave a line in the record also if the dataset cannot even be opened.

    Args:
        ctx: the command's context.
        data: --data, if it was given.
        command: overdue or weekly-report.
        asked: how mail was asked for.
    """
    try:
        yield
    except UsageError:
        raise
    except DuzhanError as error:
        if asked.email and not asked.dry_run:
            from duzhan.dataset.locate import find_root
            from duzhan.deliver.run import note_failure

            # What is wrong with the dataset is told all the same, and matters more.
            with suppress(DuzhanError):
                root = find_root(data_folder(ctx, data))
                note_failure(root, command, error, lock_timeout=asked.lock_timeout)
        raise


def run(
    job: Job,
    dataset: Dataset,
    mailing: Mailing,
    missing: Callable[[], dict[str, str]],
    *,
    as_json: bool,
) -> int:
    """Send or rehearse, say what came of it, and give the exit code.

    Args:
        job: what is wanted.
        dataset: its roster and record.
        mailing: how it was asked for.
        missing: gives county name to why it has no data, once the job has looked.
        as_json: print JSON instead of a page.
    """
    from duzhan.deliver.run import rehearse, send, unreached

    if mailing.dry_run:
        output.refuse_among_lists(mailing.eml_dir or Path(), dataset.root)
        outcome = rehearse(job, dataset, mailing.eml_dir, resend=mailing.resend_unknown)
    else:
        outcome = send(
            job,
            dataset,
            resend=mailing.resend_unknown,
            lock_timeout=mailing.lock_timeout,
            on_wait=lambda: note("另一个 duzhan 正在发信，等待中…"),
        )
    well = outcome.well
    if not (well and mailing.quiet):
        _print(outcome, dataset, missing(), as_json=as_json)
    if not well:
        note(f"没有送到：{'；'.join(unreached(outcome))}")
    return 0 if well else EXIT_UNREACHED


def _print(outcome: Outcome, dataset: Dataset, missing: dict[str, str], *, as_json: bool) -> None:
    from duzhan.deliver.summary import summary_json, summary_page
    from duzhan.report.json import answers

    if as_json:
        output.show_json(answers.mark(summary_json(outcome), dataset.sample))
    else:
        output.show(summary_page(outcome, dataset, missing))
