"""One run: under the outbox's lock decide, write, send, and leave a line, whatever happens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from duzhan.deliver.channels.robot import display
from duzhan.deliver.delivery import Message, Result, deliver
from duzhan.deliver.outbox import Outbox, read_outbox
from duzhan.deliver.stopping import stoppable
from duzhan.deliver.unknown_fates import open_questions
from duzhan.errors import DuzhanError
from duzhan.store.atomic import explain
from duzhan.store.outputs import replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from duzhan.dataset.folder import Dataset
    from duzhan.deliver.attempts import Record, Sent
    from duzhan.deliver.channels.protocol import Channel
    from duzhan.deliver.plans import Due, Plan
    from duzhan.deliver.unknown_fates import Question
    from duzhan.model import Problem

Content = TypeVar("Content")
_FOLDERS = 1000


class MailBatch(Protocol):
    """A run's messages, written, whatever their channel takes."""

    @property
    def dues(self) -> Sequence[tuple[Due, str]]:
        """What each is, and its id."""

    def files(self) -> Iterator[tuple[str, bytes]]:
        """What a rehearsal writes: names of files and what is in them."""

    def deliver(self, outbox: Outbox) -> list[Result]:
        """Send them all."""


@dataclass(frozen=True)
class Messages(Generic[Content]):
    """Messages of one channel: the `MailBatch` that every carrier gives.

    Attributes:
        messages: in the plan's order.
        channel: opens the way on which they go.
        shown: the files of a rehearsal, by the message's number from 1.
    """

    messages: Sequence[Message[Content]]
    channel: Callable[[], AbstractContextManager[Channel[Content]]]
    shown: Callable[[int, Message[Content]], Iterator[tuple[str, bytes]]]

    @property
    def dues(self) -> Sequence[tuple[Due, str]]:
        """What each is, and its id."""
        return [(message.due, message.id) for message in self.messages]

    def files(self) -> Iterator[tuple[str, bytes]]:
        """What a rehearsal writes: names of files and what is in them."""
        for number, message in enumerate(self.messages, 1):
            yield from self.shown(number, message)

    def deliver(self, outbox: Outbox) -> list[Result]:
        """Send them all."""
        with self.channel() as channel:
            return deliver(self.messages, channel, outbox)


class Carrier(Protocol):
    """How a job's messages are written and sent: by mail, or by robots.

    Attributes:
        service: what the record's kinds begin with; empty for mail.
        rehearsal: what the folder of a rehearsal is called.
    """

    service: str
    rehearsal: str

    def ready(self) -> None:
        """Look at the settings before anything else.

        Raises:
            DuzhanError: nothing can be sent with them.
        """

    def rehearsing(self) -> list[str]:
        """Look at the settings of a rehearsal; give what is still missing, one line each.

        Raises:
            DuzhanError: what is set is wrong.
        """

    def write(self, plan: Plan, record: Record) -> MailBatch:
        """Write what is due."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a command wants sent.

    Attributes:
        command: overdue or weekly-report, with --notify for robots.
        period: the day or week.
        plan: decides what is due, from the record and whether unknown messages go out again.
        carrier: writes and sends it.
    """

    command: str
    period: str
    plan: Callable[[Record, bool], Plan]
    carrier: Carrier


@dataclass(slots=True)
class RunOutcome:
    """What a run did.

    Attributes:
        job: what was wanted.
        plan: what was due, and what not.
        results: what became of each message; empty in a rehearsal.
        questions: messages of unknown fate that somebody has to decide about.
        folder: where a rehearsal's files are; None for a run that sent.
        faults: addresses of the roster that are none.
        missing: settings that a rehearsal did without.
    """

    job: Job
    plan: Plan
    faults: tuple[Problem, ...]
    results: list[Result] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    folder: Path | None = None
    missing: list[str] = field(default_factory=list)

    @property
    def sent(self) -> list[Result]:
        """Messages that reached somebody."""
        return [result for result in self.results if result.taken]

    @property
    def refused(self) -> list[tuple[Due, str, str]]:
        """Mail, address and reason of each recipient whom it did not reach."""
        return [
            (result.due, address, refusal.reason)
            for result in self.results
            for address, refusal in result.refused.items()
        ]

    @property
    def unknown(self) -> list[tuple[Sent, str]]:
        """Mail and address of each recipient of whom nobody knows."""
        return [(asked.mail, address) for asked in self.questions for address in asked.addresses]

    @property
    def well(self) -> bool:
        """Whether everybody was reached."""
        return not (self.refused or self.unknown or self.plan.unaddressed or self.faults)


def send(
    job: Job,
    dataset: Dataset,
    *,
    resend: bool,
    lock_timeout: float,
    on_wait: Callable[[], None],
) -> RunOutcome:
    """Send what is due, and put it on the record.

    Args:
        job: what is wanted.
        dataset: its roster has the addresses, its folder the record.
        resend: whether mails of unknown fate are to go out again.
        lock_timeout: how long to wait for another run, in seconds.
        on_wait: called once if that takes more than a second.

    Raises:
        DuzhanError: nothing could be tried, or the record cannot be written.
    """
    zone = dataset.rules.time_zone
    with (
        Outbox(dataset.root, zone, timeout=lock_timeout, on_wait=on_wait) as outbox,
        stoppable(),
    ):
        try:
            outcome = _send(job, dataset, outbox, resend=resend)
        except BaseException as error:
            outbox.run(job.command, "error", _why(error), period=job.period)
            raise
        unknown, refused = outcome.unknown, outcome.refused
        outbox.run(
            job.command,
            "ok" if outcome.well else "failed",
            "；".join(unreached(outcome)),
            period=job.period,
            due=len(outcome.results),
            sent=len(outcome.sent),
            failed=len(refused),
            unknown=len(unknown),
        )
    return outcome


def note_failure(root: Path, command: str, error: DuzhanError, *, lock_timeout: float) -> None:
    """Leave the line of a run whose dataset cannot be used.

    Args:
        root: the dataset's folder.
        command: overdue or weekly-report.
        error: why it cannot be used.
        lock_timeout: how long to wait for another run, in seconds.

    Raises:
        DuzhanError: the record cannot be written.
    """
    # Where the campaign's zone cannot be read, the country's serves.
    with Outbox(root, "Asia/Shanghai", timeout=lock_timeout) as outbox:
        outbox.run(command, "error", _why(error))


def _send(job: Job, dataset: Dataset, outbox: Outbox, *, resend: bool) -> RunOutcome:
    # Before anything else: whoever sets this up is told, also on a day with nothing due.
    job.carrier.ready()
    plan = job.plan(outbox.record, resend)
    outcome = RunOutcome(job, plan, dataset.roster.faults)
    batch = job.carrier.write(plan, outbox.record)
    if batch.dues:
        outbox.planned([(due.name, key, due.recipients, due.issues) for due, key in batch.dues])
        outcome.results = batch.deliver(outbox)
    outcome.questions = _questions(job, outbox.record, outbox.newly_unknown, plan)
    return outcome


def rehearse(job: Job, dataset: Dataset, folder: Path | None, *, resend: bool) -> RunOutcome:
    """Write the messages that are due into files; send nothing and record nothing.

    Args:
        job: what is wanted.
        dataset: as in `send`.
        folder: where to; None for a new folder in the working directory.
        resend: as in `send`.

    Raises:
        DuzhanError: the folder cannot be written, or what is set for sending is wrong.
    """
    missing = job.carrier.rehearsing()
    record = read_outbox(dataset.root)
    plan = job.plan(record, resend)
    # What cannot go yet for want of an address can be read all the same.
    plan.due += plan.drafts
    questions = _questions(job, record, (), plan)
    outcome = RunOutcome(job, plan, dataset.roster.faults, questions=questions, missing=missing)
    outcome.folder = (
        _new_folder(f"{job.carrier.rehearsal} {job.period}") if folder is None else _folder(folder)
    )
    for name, content in job.carrier.write(plan, record).files():
        with replacing(outcome.folder / name) as temporary:
            temporary.write_bytes(content)
    return outcome


def _questions(job: Job, record: Record, newly: Sequence[Sent], plan: Plan) -> list[Question]:
    """Of messages in doubt those of this run's own channel, and those just found."""
    ours = open_questions(record, job.period, newly, plan.live)
    found = {mail.name for mail in newly}
    return [
        asked
        for asked in ours
        if asked.mail.name in found or asked.mail.name.service == job.carrier.service
    ]


def unreached(outcome: RunOutcome) -> list[str]:
    """Name those whom a run did not reach, with the reasons."""
    names = [str(fault) for fault in outcome.faults]
    names += [f"{group.name}没有收件人" for group in outcome.plan.unaddressed]
    by_reason: dict[str, dict[str, list[str]]] = {}
    for due, address, reason in outcome.refused:
        counties = by_reason.setdefault(reason, {})
        counties.setdefault(due.group.county.name, []).append(address)
    for reason, counties in by_reason.items():
        told = "，".join(
            f"{county} {'、'.join(map(display, to))}" for county, to in counties.items()
        )
        names.append(f"{told}（{reason}）")
    if unknown := dict.fromkeys(address for _, address in outcome.unknown):
        names.append(f"{'、'.join(map(display, unknown))}（不知道是否送到）")
    return names


def _new_folder(name: str) -> Path:
    from pathlib import Path  # noqa: PLC0415 - only a rehearsal makes one

    for number in range(1, _FOLDERS):
        folder = Path(name + (f" ({number})" if number > 1 else ""))
        if not folder.exists():
            return _folder(folder)
    raise DuzhanError("当前目录里的演练文件夹太多了，请删去旧的")


def _folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DuzhanError(f"“{folder}”建不了：{explain(error)}") from None
    return folder


def _why(error: BaseException) -> str:
    return (
        error.lines[0] if isinstance(error, DuzhanError) and error.lines else type(error).__name__
    )
