"""What the commands that mail have in common: options, the run, its summary, its exit code."""

from __future__ import annotations

import functools
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duzhan.cli import output
from duzhan.cli.options import data_folder, path_option, waiting_option
from duzhan.cli.session import note
from duzhan.errors import DuzhanError, UsageError, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from duzhan.dataset.folder import Dataset
    from duzhan.deliver.run import Job, RunOutcome

EXIT_UNREACHED = 3

_OPTIONS = (
    click.option("--email", is_flag=True, help="发邮件给各组，抄送各办公室。"),
    click.option(
        "--notify", is_flag=True, help="由群聊里的机器人（企业微信、钉钉、飞书）说给各组和办公室。"
    ),
    click.option(
        "--dry-run", is_flag=True, help="只把邮件、消息写成文件（.eml、.md），不发送，也不记录。"
    ),
    path_option(
        "--eml-dir", metavar="目录", about="--dry-run 的文件写到哪里；不写则在当前目录新建。"
    ),
    click.option(
        "--resend-unknown", is_flag=True, help="不知道是否送到的也重发一次（请先问收件人）。"
    ),
    click.option("--quiet", is_flag=True, help="一切正常时什么也不打印，供 cron 使用。"),
    waiting_option("正在发信"),
)


@dataclass(frozen=True, slots=True)
class Mailing:
    """How mail and robots were asked for."""

    email: bool
    notify: bool
    dry_run: bool
    eml_dir: Path | None
    resend_unknown: bool
    quiet: bool
    lock_timeout: float

    @property
    def sends(self) -> bool:
        """Whether anything is to be sent or rehearsed."""
        return self.email or self.notify

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
            if given and not self.sends:
                raise UsageError(f"{option} 要和 --email 或 --notify 一起用")
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
        if asked.sends and not asked.dry_run:
            from duzhan.dataset.locate import find_root
            from duzhan.deliver.run import note_failure

            # What is wrong with the dataset is told all the same, and matters more.
            with suppress(DuzhanError):
                root = find_root(data_folder(ctx, data))
                note_failure(root, command, error, lock_timeout=asked.lock_timeout)
        raise


def run(
    jobs: Sequence[Job],
    dataset: Dataset,
    mailing: Mailing,
    missing: Callable[[], dict[str, str]],
    *,
    as_json: bool,
) -> int:
    """Send or rehearse, say what came of it, and give the exit code.

    One job that cannot be tried at all keeps no other from being tried.

    Args:
        jobs: what is wanted, by mail and by robots.
        dataset: its roster and record.
        mailing: how it was asked for.
        missing: gives county name to why it has no data, once a job has looked.
        as_json: print JSON instead of pages.

    Raises:
        DuzhanError: what kept a job from being tried, after all have been.
    """
    from duzhan.deliver.run import unreached
    from duzhan.deliver.stopping import Stopped

    outcomes: list[RunOutcome] = []
    faults: list[str] = []
    for job in jobs:
        try:
            outcomes.append(_made(job, dataset, mailing))
        except (Stopped, UsageError):
            raise
        except DuzhanError as error:
            faults += error.lines
    well = all(outcome.well for outcome in outcomes)
    if outcomes and not (well and mailing.quiet):
        with printing():
            _print(outcomes, dataset, missing(), as_json=as_json)
    for outcome in outcomes:
        if not outcome.well:
            word = "照现在这样送不到" if mailing.dry_run else "没有送到"
            note(f"{word}：{'；'.join(unreached(outcome))}")
    if faults:
        raise DuzhanError(*faults)
    return 0 if well else EXIT_UNREACHED


def _made(job: Job, dataset: Dataset, mailing: Mailing) -> RunOutcome:
    from duzhan.deliver.run import rehearse, send

    if mailing.dry_run:
        output.refuse_among_lists(mailing.eml_dir or Path(), dataset.root)
        return rehearse(job, dataset, mailing.eml_dir, resend=mailing.resend_unknown)
    return send(
        job,
        dataset,
        resend=mailing.resend_unknown,
        lock_timeout=mailing.lock_timeout,
        on_wait=lambda: note("另一个 duzhan 正在发信，等待中…"),
    )


def _print(
    outcomes: Sequence[RunOutcome], dataset: Dataset, missing: dict[str, str], *, as_json: bool
) -> None:
    from duzhan.deliver.summary import summary_json, summary_page
    from duzhan.report.json import mark

    if not as_json:
        for outcome in outcomes:
            output.show(summary_page(outcome, dataset, missing))
        return
    mail = [summary_json(outcome) for outcome in outcomes if not outcome.job.carrier.service]
    robots = [summary_json(outcome) for outcome in outcomes if outcome.job.carrier.service]
    document = (mail or robots)[0]
    if mail and robots:
        document |= {"ok": all(o.well for o in outcomes), "notify": robots[0]}
    output.show_json(mark(document, dataset.sample))


@contextmanager
def printing() -> Iterator[None]:
    """Let a summary that cannot be printed change nothing: what was sent stands on record."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        output.stop()
        note(f"结果没有打印出来（{reason(error)}），发送情况见 outbox.jsonl")
