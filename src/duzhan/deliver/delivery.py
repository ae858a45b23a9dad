"""Sends what is due on one channel, in rounds: what failed in passing is tried again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from tenacity import Retrying, retry_if_result, stop_after_attempt, wait_exponential

from duzhan.deliver.channels.protocol import Delivery, Refusal, ServerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duzhan.deliver.channels.protocol import Channel
    from duzhan.deliver.outbox import Outbox
    from duzhan.deliver.plans import Due

T = TypeVar("T")
Content = TypeVar("Content")

ROUNDS = 4
_FIRST_PAUSE = 1
_LONGEST_PAUSE = 30
# A line that breaks so often in a row will not hold for the next mail.
_BREAKS = 3


@dataclass(frozen=True, slots=True)
class Message(Generic[Content]):
    """A message that is due, as its channel takes it.

    Attributes:
        due: whom it is for, and what it is about.
        id: what tells it from others, for the record and for whoever gets it twice.
        content: such as a mail's bytes.
    """

    due: Due
    id: str
    content: Content


@dataclass(slots=True)
class Result:
    """What became of a message in this run.

    Attributes:
        due: the message.
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
    messages: Sequence[Message[Content]], channel: Channel[Content], outbox: Outbox
) -> list[Result]:
    """Send messages; one recipient's or message's failure never stops the others.

    Up to four rounds with growing pauses between them; in each, what is left.

    Args:
        messages: what is due; planned in the outbox already.
        channel: on which they go.
        outbox: held for sending.

    Raises:
        DuzhanError: the record cannot be written; nothing more is sent then.
    """
    post = _Post(messages, channel, outbox)
    again = Retrying(
        stop=stop_after_attempt(ROUNDS),
        wait=wait_exponential(_FIRST_PAUSE, _LONGEST_PAUSE),
        retry=retry_if_result(bool),
        retry_error_callback=lambda _state: False,
    )
    again(post.round)
    return post.results


class _Post(Generic[Content]):
    def __init__(
        self,
        messages: Sequence[Message[Content]],
        channel: Channel[Content],
        outbox: Outbox,
    ) -> None:
        self._messages = messages
        self._channel = channel
        self._outbox = outbox
        self.results = [Result(message.due) for message in messages]

    def round(self) -> bool:
        """Try what is left; tell whether another round makes sense."""
        breaks = 0
        for message, to in self._left():
            result = self.results[message]
            try:
                made = self._send(self._messages[message], to)
            except ServerError as error:
                self._refuse_all(Refusal(error.reason, error.lasting))
                break
            self._note(result, made)
            breaks = breaks + 1 if made.broken else 0
            if breaks == _BREAKS:
                self._refuse_all(Refusal("连接一再断开", lasting=False))
                break
        return any(result.waiting for result in self.results)

    def _left(self) -> list[tuple[int, tuple[str, ...]]]:
        """Messages by number, with those who wait for them, all at once or one by one."""
        waiting = [(number, result.waiting) for number, result in enumerate(self.results)]
        if self._channel.together:
            return [(number, to) for number, to in waiting if to]
        return [(number, (one,)) for number, to in waiting for one in to]

    def _send(self, message: Message[Content], waiting: tuple[str, ...]) -> Delivery:
        def announce(accepted: tuple[str, ...]) -> None:
            self._outbox.sending(message.due.name, accepted)

        return self._channel.deliver(waiting, message.content, announce)

    def _note(self, result: Result, made: Delivery) -> None:
        """Put on the record, and into the result, what became of a message."""
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
