"""What every way of reaching people gives: a message's fate, recipient by recipient."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Content_contra = TypeVar("Content_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a recipient did not get a message.

    Attributes:
        reason: in words, with the server's answer if there is one; never a secret.
        lasting: whether trying again soon is pointless.
    """

    reason: str
    lasting: bool


class UnreachedError(Exception):
    """A server did not get what was meant for it.

    Attributes:
        reason: in words.
        lasting: whether trying again soon is pointless.
    """

    def __init__(self, reason: str, *, lasting: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lasting = lasting


class ServerError(UnreachedError):
    """No conversation came about: no message can be sent on this channel."""


@dataclass(slots=True)
class Delivery:
    """What became of one message, by recipient.

    Attributes:
        taken: those for whom the server took it.
        answer: what it said then.
        refused: those for whom it did not.
        unknown: those for whom nobody knows, and why.
        broken: whether the line that further messages would go on broke.
    """

    taken: tuple[str, ...] = ()
    answer: str = ""
    refused: dict[str, Refusal] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    broken: bool = False


class Channel(Protocol[Content_contra]):
    """A way on which messages go: mail's conversation, or the robots of group chats.

    Attributes:
        together: whether one message goes to all its recipients at once.
    """

    together: bool

    def deliver(
        self,
        recipients: Sequence[str],
        content: Content_contra,
        announce: Callable[[tuple[str, ...]], None],
    ) -> Delivery:
        """Hand over one message.

        Args:
            recipients: whom it is for.
            content: the message.
            announce: called with the recipients accepted, before the content is sent; if it
                raises, the message is not sent.

        Raises:
            ServerError: no conversation came about; nothing was sent.
        """
