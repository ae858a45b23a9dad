"""People and posts, counties and groups, offices and their robots 〔四〕〔六(二)〕."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duzhan.model.rules import Wording

if TYPE_CHECKING:
    from duzhan.model.problem import Problem


# What the name of a place may end with, and so what it is called for short.
PLACES = "省市州盟区县旗"


UNNAMED = "（通知未列姓名）"


@dataclass(frozen=True, slots=True)
class County:
    """A county or city under supervision.

    Attributes:
        code: GB/T 2260 code, six digits; for a campaign without codes a number of our own
            that tells counties apart and is shown to nobody (`public_code`).
        name: full name, such as 富宁县.
        aliases: other names by which lists and people call it.
        zero_list_confirmed_by: who confirmed that the county has nothing to
            rectify (零报告); None while nobody did.
        coded: whether the code is one of GB/T 2260.
        header_aliases: column and the headings by which this county's lists mean it.
    """

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    zero_list_confirmed_by: str | None = None
    coded: bool = True
    header_aliases: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def public_code(self) -> str | None:
        """The GB/T 2260 code, None where the campaign does without."""
        return self.code if self.coded else None

    @property
    def names(self) -> tuple[str, ...]:
        """The full name and the aliases."""
        return (self.name, *self.aliases)

    @property
    def short_name(self) -> str:
        """The name without 县 or 市, as ids are formed (富宁-0001)."""
        return self.name[:-1] if len(self.name) > 2 and self.name[-1] in "县市区" else self.name


@dataclass(frozen=True, slots=True)
class Membership:
    """A seat in a supervision group: told apart by post, never by the holder's name.

    Attributes:
        role: 组长 or 副组长.
        person: the holder's name, None where the notice names nobody.
        posts: the holder's posts as the notice lists them, first is the main one.
        leads_guidance: whether the holder is also 业务指导组组长 of the county.
    """

    role: str
    person: str | None
    posts: tuple[str, ...]
    leads_guidance: bool = False

    @property
    def display(self) -> str:
        """Post and name, such as 州市场监督管理局局长 王毅."""
        return f"{'、'.join(self.posts)} {self.person or UNNAMED}"


# Kinds of group-chat robots, by the name of their module under `deliver.channels`, and what
# people call them: the registry, one line a kind.
ROBOTS = {
    "wecom": "企业微信机器人",
    "dingtalk": "钉钉机器人",
    "feishu": "飞书机器人",
}


@dataclass(frozen=True, slots=True)
class Robot:
    """A robot of a group chat; its address and secret are named here, and stand elsewhere.

    Attributes:
        kind: one of `ROBOTS`.
        url_env, url_file: the environment variable, or the file, that holds its address.
        secret_env, secret_file: likewise its signing secret; both None without.
    """

    kind: str
    url_env: str | None = None
    url_file: str | None = None
    secret_env: str | None = None
    secret_file: str | None = None

    @property
    def id(self) -> str:
        """What the record calls it, such as wecom:DUZHAN_ROBOT_EAST."""
        return f"{self.kind}:{self.url_env or self.url_file}"


@dataclass(frozen=True, slots=True)
class Group:
    """A supervision group (督战组) and the county it supervises."""

    id: str
    name: str
    county: County
    memberships: tuple[Membership, ...]
    members: str
    supervised: tuple[str, ...]
    recipients: tuple[str, ...] = ()
    clause: str = ""
    leader_recipients: tuple[str, ...] = ()
    liaison_recipients: tuple[str, ...] = ()
    robots: tuple[Robot, ...] = ()

    @property
    def leaders(self) -> tuple[Membership, ...]:
        """Those who lead the group, in the notice's order."""
        return tuple(seat for seat in self.memberships if seat.role == "组长")


@dataclass(frozen=True, slots=True)
class Office:
    """An office of the prefecture that gets copies of every report 〔六(二)〕.

    Attributes:
        short_name: how the column of its copies calls it (抄送…).
    """

    name: str
    contact: str | None
    telephone: str | None
    email: str | None = None
    short_name: str = ""
    robots: tuple[Robot, ...] = ()

    @property
    def copy_column(self) -> str:
        """The column of county_reports.csv that says whether a report was copied to it."""
        return f"抄送{self.short_name or self.name}"


@dataclass(frozen=True, slots=True)
class Roster:
    """Groups in the notice's order, and the offices.

    Attributes:
        prefecture: what the counties belong to; without a name where there is no such place.
        regions: GB/T 2260 code of a prefecture or province to its name.
        faults: addresses in the file that are none; they are left out elsewhere.
        places: group id to the file and line where its recipients stand, or should.
        unit: what a county is called in messages (`Wording.unit`).
    """

    groups: tuple[Group, ...]
    offices: tuple[Office, ...]
    prefecture: County
    regions: dict[str, str] = field(default_factory=dict, hash=False)
    faults: tuple[Problem, ...] = ()
    places: dict[str, str] = field(default_factory=dict, hash=False, compare=False)
    unit: str = field(default_factory=lambda: Wording().unit, compare=False)

    @property
    def counties(self) -> tuple[County, ...]:
        """The counties in the roster's order, which is the order of every output."""
        return tuple(group.county for group in self.groups)

    def group_of(self, county: County) -> Group:
        """Give the group that supervises the county."""
        return next(group for group in self.groups if group.county.code == county.code)

    @property
    def offices_together(self) -> str:
        """What the offices are called where nobody says: 州级两办, or the only one's name."""
        if len(self.offices) < 2:
            return "".join(office.short_name or office.name for office in self.offices)
        kind = self.prefecture.name[-1:]
        level = f"{kind}级" if kind and kind in PLACES else ""
        return f"{level}{'两办' if len(self.offices) == 2 else '各办公室'}"
