"""Sends what is due, over one connection, in rounds: what failed in passing is tried again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from tenacity import Retrying, retry_if_result, stop_after_attempt, wait_exponential

from duzhan.deliver.channels.mail.answers import Refusal, ServerError
from duzhan.deliver.channels.mail.smtp import Conversation, Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from duzhan.deliver.channels.mail.settings import Server
    from duzhan.deliver.jobs import Due
    from duzhan.deliver.outbox import Outbox

T = TypeVar("T")

ROUNDS = 4
_FIRST_PAUSE = 1
_LONGEST_PAUSE = 30
# A line that breaks so often in a row will not hold for the next mail.
_BREAKS = 3


class Mail(NamedTuple):
    """A mail that is due, with its bytes."""

    due: Due
    content: bytes


@dataclass(slots=True)
class Result:
    """What became of a mail in this run.

    Attributes:
        due: the mail.
        taken: recipients for whom the server took it.
        refused: recipients for whom it did not, with the last reason.
        unknown: recipients for whom nobody knows, with the reason.
    """

    due: Due
    taken: list[str] = field(default_factory=list)
    refused: dict[str, Refusal] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Recipients for whom another attempt makes sense."""
        return tuple(
            address
            for address in self.due.recipients
            if address not in self.taken
            and address not in self.unknown
            and not (address in self.refused and self.refused[address].lasting)
        )


def deliver(
    mails: Sequence[Mail],
    sender: str,
    server: Server,
    outbox: Outbox,
    on_mail: Callable[[], None] = lambda: None,
) -> list[Result]:
    """Send mails; one recipient's or mail's failure never stops the others.

    Up to four rounds with growing pauses between them; in each, what is left.

    Args:
        mails: what is due; planned in the outbox already.
        sender: the envelope's sender.
        server: the mail server.
        outbox: held for sending.
        on_mail: called after each mail of the first round.

    Raises:
        DuzhanError: the record cannot be written; nothing more is sent then.
    """
    with Conversation(server) as conversation:
        post = _Post(mails, sender, conversation, outbox, on_mail)
        again = Retrying(
            stop=stop_after_attempt(ROUNDS),
            wait=wait_exponential(_FIRST_PAUSE, _LONGEST_PAUSE),
            retry=retry_if_result(bool),
            retry_error_callback=lambda _state: False,
        )
        again(post.round)
    return post.results


class _Post:
    def __init__(
        self,
        mails: Sequence[Mail],
        sender: str,
        conversation: Conversation,
        outbox: Outbox,
        on_mail: Callable[[], None],
    ) -> None:
        self._mails = mails
        self._sender = sender
        self._conversation = conversation
        self._outbox = outbox
        self._on_mail = on_mail
        self.results = [Result(mail.due) for mail in mails]

    def round(self) -> bool:
        """Try what is left; tell whether another round makes sense."""
        breaks = 0
        for mail, result in zip(self._mails, self.results, strict=True):
            if not (waiting := result.waiting):
                continue
            try:
                made = self._send(mail, waiting)
            except ServerError as error:
                self._refuse_all(Refusal(error.reason, error.lasting))
                break
            self._note(result, made)
            self._on_mail()
            breaks = breaks + 1 if made.broken else 0
            if breaks == _BREAKS:
                self._refuse_all(Refusal("连接一再断开", lasting=False))
                break
        return any(result.waiting for result in self.results)

    def _send(self, mail: Mail, waiting: tuple[str, ...]) -> Delivery:
        def announce(accepted: tuple[str, ...]) -> None:
            self._outbox.sending(mail.due.name, accepted)

        return self._conversation.deliver(self._sender, waiting, mail.content, announce)

    def _note(self, result: Result, made: Delivery) -> None:
        """Put on the record, and into the result, what became of a mail."""
        name = result.due.name
        if made.taken:
            self._outbox.sent(name, made.taken, made.answer)
            result.taken.extend(made.taken)
        for reason, addresses in _by_reason(made.unknown).items():
            self._outbox.unknown(name, addresses, reason)
        result.unknown.update(made.unknown)
        for refusal, addresses in _by_reason(made.refused).items():
            self._outbox.failed(name, addresses, refusal.reason, lasting=refusal.lasting)
        result.refused.update(made.refused)
        for address in made.taken:
            result.refused.pop(address, None)

    def _refuse_all(self, refusal: Refusal) -> None:
        """Nothing more can be sent in this round."""
        for result in self.results:
            if waiting := result.waiting:
                left = dict.fromkeys(waiting, refusal)
                self._note(result, Delivery(refused=left))


def _by_reason(fates: Mapping[str, T]) -> dict[T, list[str]]:
    found: dict[T, list[str]] = {}
    for address, fate in fates.items():
        found.setdefault(fate, []).append(address)
    return found
