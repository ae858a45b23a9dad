"""One run: under the outbox's lock decide, write, send, and leave a line, whatever happens."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from duzhan.deliver.channels.mail.message import Envelope, Letter, Party, compose
from duzhan.deliver.channels.mail.settings import Sender, sender_of, server_of
from duzhan.deliver.delivery import Mail, Result, deliver
from duzhan.deliver.outbox import Outbox, read_outbox
from duzhan.deliver.unknown_fates import open_questions
from duzhan.errors import DuzhanError
from duzhan.store.atomic import explain
from duzhan.store.outputs import file_name, replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from duzhan.dataset.folder import Dataset
    from duzhan.deliver.attempts import Name, Record, Sent
    from duzhan.deliver.jobs import Due, Plan
    from duzhan.deliver.unknown_fates import Question
    from duzhan.model import Problem, Roster

# Stands in where a rehearsal is held before anybody said from whom mail comes.
_NOBODY = Sender("", "duzhan@localhost")
_FOLDERS = 1000


@dataclass(frozen=True, slots=True)
class Job:
    """What a command wants sent.

    Attributes:
        command: overdue or weekly-report.
        period: the day or week.
        plan: decides what is due, from the record and whether unknown mails go out again.
        letter: writes a mail's content.
    """

    command: str
    period: str
    plan: Callable[[Record, bool], Plan]
    letter: Callable[[Due], Letter]


@dataclass(slots=True)
class Outcome:
    """What a run did.

    Attributes:
        job: what was wanted.
        plan: what was due, and what not.
        results: what became of each mail; empty in a rehearsal.
        questions: mails of unknown fate that somebody has to decide about.
        folder: where a rehearsal's mails are; None for a run that sent.
        faults: addresses of the roster that are none.
    """

    job: Job
    plan: Plan
    faults: tuple[Problem, ...]
    results: list[Result] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    folder: Path | None = None

    @property
    def sent(self) -> list[Result]:
        """Mails that reached somebody."""
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
) -> Outcome:
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
    with Outbox(dataset.root, zone, timeout=lock_timeout, on_wait=on_wait) as outbox:
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


def _send(job: Job, dataset: Dataset, outbox: Outbox, *, resend: bool) -> Outcome:
    # Before anything else: whoever sets this up is told, also on a day with nothing due.
    server, sender = server_of(), sender_of()
    plan = job.plan(outbox.record, resend)
    outcome = Outcome(job, plan, dataset.roster.faults)
    mails, ids = [], []
    for due, content, message_id in _written(job, plan, dataset, sender, outbox.record):
        mails.append(Mail(due, content))
        ids.append((due.name, message_id, due.recipients, due.issues))
    if mails:
        outbox.planned(ids)
        outcome.results = deliver(mails, sender.address, server, outbox)
    outcome.questions = open_questions(outbox.record, job.period, outbox.newly_unknown, plan.live)
    return outcome


def rehearse(job: Job, dataset: Dataset, folder: Path | None, *, resend: bool) -> Outcome:
    """Write the mails that are due into files; send nothing and record nothing.

    Args:
        job: what is wanted.
        dataset: as in `send`.
        folder: where to; None for a new folder in the working directory.
        resend: as in `send`.

    Raises:
        DuzhanError: the folder cannot be written.
    """
    try:
        sender = sender_of()
    except DuzhanError:
        sender = _NOBODY
    record = read_outbox(dataset.root)
    plan = job.plan(record, resend)
    questions = open_questions(record, job.period, (), plan.live)
    outcome = Outcome(job, plan, dataset.roster.faults, questions=questions)
    outcome.folder = _new_folder(job.period) if folder is None else _folder(folder)
    for number, (due, content, _) in enumerate(_written(job, plan, dataset, sender, record), 1):
        about = due.step.name if due.step else job.command
        name = file_name(f"{number:02} {due.group.county.name} {about}.eml")
        with replacing(outcome.folder / name) as temporary:
            temporary.write_bytes(content)
    return outcome


def unreached(outcome: Outcome) -> list[str]:
    """Name those whom a run did not reach, with the reasons."""
    names = [str(fault) for fault in outcome.faults]
    names += [f"{group.name}没有收件人" for group in outcome.plan.unaddressed]
    by_reason: dict[str, dict[str, list[str]]] = {}
    for due, address, reason in outcome.refused:
        counties = by_reason.setdefault(reason, {})
        counties.setdefault(due.group.county.name, []).append(address)
    for reason, counties in by_reason.items():
        told = "，".join(f"{county} {'、'.join(to)}" for county, to in counties.items())
        names.append(f"{told}（{reason}）")
    if unknown := dict.fromkeys(address for _, address in outcome.unknown):
        names.append(f"{'、'.join(unknown)}（不知道是否送到）")
    return names


# ---------------------------------------------------------------- mails


def _written(
    job: Job, plan: Plan, dataset: Dataset, sender: Sender, record: Record
) -> Iterator[tuple[Due, bytes, str]]:
    now = dt.datetime.now(ZoneInfo(dataset.rules.time_zone)).replace(microsecond=0)
    for due in plan.due:
        known = record.mails.get(due.name)
        message_id = known.message_id if known else _message_id(due.name, dataset, sender)
        to, cc = _parties(due, dataset.roster)
        envelope = Envelope(sender, to, cc, message_id, now)
        yield due, compose(job.letter(due), envelope), message_id


def _message_id(name: Name, dataset: Dataset, sender: Sender) -> str:
    """An id that depends on the content, so that a mail program drops a copy."""
    parts = [dataset.rules.name, *(getattr(name, part) for part in name.__slots__)]
    digest = hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:32]
    return f"<{digest}@{sender.domain}>"


def _parties(due: Due, roster: Roster) -> tuple[tuple[Party, ...], tuple[Party, ...]]:
    """Addresses with the names that mail programs show: groups, posts and offices."""
    group = due.group
    names = dict.fromkeys(group.recipients, group.name)
    names |= dict.fromkeys(group.liaison_recipients, f"{group.county.name}联络员")
    names |= dict.fromkeys(group.leader_recipients, f"{group.name}组长")
    names |= {office.email: office.name for office in roster.offices if office.email}
    to, cc = (
        tuple(Party(names.get(address, ""), address) for address in _unique(addresses))
        for addresses in (due.to, due.cc)
    )
    return to, tuple(party for party in cc if party not in to)


def _unique(addresses: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(addresses))


def _new_folder(period: str) -> Path:
    from pathlib import Path  # noqa: PLC0415 - only a rehearsal makes one

    for number in range(1, _FOLDERS):
        folder = Path(f"邮件演练 {period}" + (f" ({number})" if number > 1 else ""))
        if not folder.exists():
            return _folder(folder)
    raise DuzhanError("当前目录里的“邮件演练”文件夹太多了，请删去旧的")


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
