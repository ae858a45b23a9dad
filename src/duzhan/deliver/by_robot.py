"""The carrier of notices: what robots say in group chats, or would say in a rehearsal."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from duzhan.deliver.attempts import NOTIFY
from duzhan.deliver.channels.robot import RobotText, fitted, kind_of
from duzhan.deliver.channels.robot_channel import Robots, check
from duzhan.deliver.delivery import Message
from duzhan.deliver.run import Messages
from duzhan.errors import DuzhanError
from duzhan.model import ROBOTS
from duzhan.store.entries import now
from duzhan.store.outputs import file_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duzhan.dataset.folder import Dataset
    from duzhan.deliver.attempts import Record
    from duzhan.deliver.plans import Due, Plan
    from duzhan.model import Robot, Roster


class ByRobot:
    """Writes notices and lets robots say them.

    Args:
        dataset: its roster has the robots.
        notice: writes what is said.
        about: what a rehearsal's files are called by, such as 超期问题.
    """

    service = NOTIFY
    rehearsal = "消息演练"

    def __init__(self, dataset: Dataset, notice: Callable[[Due], RobotText], about: str) -> None:
        self._dataset = dataset
        self._notice = notice
        self._about = about
        self._robots = robots_of(dataset.roster)

    def ready(self) -> None:
        """See that there is a robot at all; one that is not set up keeps no other from speaking.

        Raises:
            DuzhanError: there is none.
        """
        if not self._robots:
            message = "groups.yaml 里没有写机器人，请在组或办公室下面填 robots"
            raise DuzhanError(f"{message}；写法见 docs/robots.md")

    def rehearsing(self) -> list[str]:
        """Give what is not set up yet, one line a robot."""
        self.ready()
        missing: list[str] = []
        for robot in self._robots.values():
            try:
                check(robot, self._dataset.root)
            except DuzhanError as error:
                missing += error.lines
        return list(dict.fromkeys(missing))

    def write(self, plan: Plan, record: Record) -> Messages[RobotText]:
        """Write the notices that are due."""
        spoken = {name: _ago(times, self._dataset) for name, times in record.spoken.items()}
        messages = [Message(due, due.name.digest, self._notice(due)) for due in plan.due]

        def channel() -> Robots:
            return Robots(self._robots, self._dataset.root, spoken)

        return Messages(messages, channel, self._files)

    def _files(self, number: int, message: Message[RobotText]) -> Iterator[tuple[str, bytes]]:
        """One text a robot, as its kind gets it."""
        due = message.due
        robots = [self._robots[name] for name in due.recipients]
        for at, robot in enumerate(robots, 1):
            kind = kind_of(robot.kind)
            title = f"{number:02}-{at} {due.group.county.name} {self._about}"
            text = kind.text(fitted(message.content, kind))
            yield file_name(f"{title} {ROBOTS[robot.kind]}.md"), f"{text}\n".encode()


def robots_of(roster: Roster) -> dict[str, Robot]:
    """All robots of a roster, by their names on the record."""
    groups = (robot for group in roster.groups for robot in group.robots)
    offices = (robot for office in roster.offices for robot in office.robots)
    return {robot.id: robot for robot in (*groups, *offices)}


def _ago(times: list[str], dataset: Dataset) -> list[float]:
    """How many seconds ago a robot spoke."""
    today = dt.datetime.fromisoformat(now(dataset.rules.time_zone))
    return [(today - dt.datetime.fromisoformat(time)).total_seconds() for time in times]
