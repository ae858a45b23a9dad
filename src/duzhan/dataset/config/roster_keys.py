"""The keys of groups.yaml: one table for checking, editors and docs (see `keys`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from duzhan.model import ROBOTS
from duzhan.values import (
    Bool,
    Code,
    Elsewhere,
    Email,
    FileKeys,
    Line,
    Name,
    Telephone,
    Variable,
    reader,
)  # fmt: skip

if TYPE_CHECKING:
    from typing import Self


def _read_robot_kind(text: str) -> str:
    if text not in ROBOTS:
        message = "没有这种机器人，可写 {known}"
        raise PydanticCustomError("bad-value", message, {"known": "、".join(ROBOTS)})
    return text


RobotKind = Annotated[
    str, reader(_read_robot_kind), WithJsonSchema({"type": "string", "enum": list(ROBOTS)})
]


class PrefectureKeys(FileKeys):
    """The prefecture; its names are never a county's."""

    code: Code | None = Field(None, description="所属地方的 GB/T 2260 六位代码，如 450100")
    name: Name = Field(description="全称或通称，如 某某市")
    aliases: list[Name] = Field(
        [], description="其他称呼；以这些称呼开头的文件不属于下面任何一个单位"
    )


class CountyKeys(FileKeys):
    """A county or city under supervision 〔四〕."""

    code: Code | None = Field(None, description="GB/T 2260 六位代码，如 450123；没有则不写")
    name: Name = Field(description="全称，如 甲县、东区；问题清单的文件以它或别名开头")
    aliases: list[Name] = Field([], description="别名，如 甲县政府；一个别名只能用一处")
    zero_list_confirmed_by: Line | None = Field(
        None, description="零报告：确认它没有需整改问题的人；未确认则空着"
    )
    header_aliases: dict[str, list[Line]] = Field(
        {}, description="它自己的表头，如 问题描述: [隐患情况说明]；只对它的清单有效"
    )


class MembershipKeys(FileKeys):
    """A seat in a group: a post, and who holds it 〔四〕."""

    role: Line = Field(description="组内身份：组长或副组长")
    person: Line | None = Field(None, description="姓名；通知没有写姓名的空着")
    posts: list[Line] = Field(min_length=1, description="职务，主要职务在前；同名的人按职务区分")
    leads_guidance: Bool = Field(
        default=False, description="是否兼任它的业务指导组组长（true 或 false）"
    )


class RobotKeys(FileKeys):
    """A robot of a group chat: where its address stands, never the address itself."""

    kind: RobotKind = Field(description=f"机器人的种类：{'、'.join(ROBOTS)}")
    url_env: Variable | None = Field(
        None, description="存放地址的环境变量名，如 DUZHAN_ROBOT_EAST；与 url_file 二选一"
    )
    url_file: Elsewhere | None = Field(
        None, description="存放地址的文件，权限 600；相对路径从数据集算起"
    )
    secret_env: Variable | None = Field(
        None, description="存放加签密钥的环境变量名；机器人没有设签名的不写"
    )
    secret_file: Elsewhere | None = Field(None, description="存放加签密钥的文件，权限 600")

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.url_env is None) == (self.url_file is None):
            message = "url_env 和 url_file 应写一个，也只写一个：机器人的地址放在环境变量或文件里"
            raise PydanticCustomError("bad-value", message)
        if self.secret_env is not None and self.secret_file is not None:
            raise PydanticCustomError("bad-value", "secret_env 和 secret_file 只写一个")
        return self


class GroupKeys(FileKeys):
    """A supervision group 〔四〕."""

    id: Name = Field(description="这个组的短代号，如 east；不重复")
    name: Line = Field(description="这个组的名称，如 东区督导组")
    clause: Line = Field("", description="通知中的出处，如 四(一)")
    county: CountyKeys = Field(description="这个组督导的单位：县、区、企业等")
    supervised: list[Line] = Field([], description="督导的对象，如 党委、政府")
    memberships: list[MembershipKeys] = Field([], description="组长、副组长，按通知的顺序")
    members: Line = Field("", description="成员的说明")
    recipients: list[Email] = Field([], description="收件人邮箱，每行一个；没有则写 []")
    leader_recipients: list[Email] = Field(
        [], description="组长（按职务）的邮箱，分级督办时发给；没有则写 []"
    )
    liaison_recipients: list[Email] = Field(
        [], description="联络员的邮箱，到期提醒发给；没有则写 []"
    )
    robots: list[RobotKeys] = Field(
        [], description="这个组群聊里的机器人，overdue --notify、weekly-report --notify 用"
    )


class OfficeKeys(FileKeys):
    """An office that gets copies of every report 〔六(二)〕."""

    name: Line = Field(description="办公室名称，如 市安全生产委员会办公室")
    clause: Line = Field("", description="通知中的出处")
    contact: Line | None = Field(None, description="联系人")
    telephone: Telephone | None = Field(None, description="联系电话")
    short_name: Line | None = Field(
        None, description="简称，用作 county_reports.csv 的列名“抄送…”；不写则用 name"
    )
    email: Email | None = Field(None, description="邮箱，所有邮件抄送到此；没有则空着")
    robots: list[RobotKeys] = Field([], description="办公室群聊里的机器人，收到全部单位的要点")


class RegionKeys(FileKeys):
    """What a prefecture or province is called, for sums by region."""

    code: Code = Field(description="上级地区的 GB/T 2260 六位代码，如 450000、450100")
    name: Line = Field(description="名称，如 云南省")


class GroupsFile(FileKeys):
    """The whole of groups.yaml."""

    prefecture: PrefectureKeys | None = Field(None, description="这些单位所属的地方；没有则不写")
    groups: list[GroupKeys] = Field(
        min_length=1, description="各组和它督导的单位，报表按此顺序排列"
    )
    offices: list[OfficeKeys] = Field([], description="收报告抄送的办公室")
    regions: list[RegionKeys] = Field([], description="汇总时上级地区的名称")


class SplitGroupsFile(GroupsFile):
    """groups.yaml of a roster whose groups stand in the files of a folder."""

    groups: list[GroupKeys] = Field([], description="各组和它督导的单位，报表按此顺序排列")


class GroupsPart(FileKeys):
    """A file of the folder `groups`."""

    groups: list[GroupKeys] = Field(
        min_length=1, description="各组和它督导的单位，报表按此顺序排列"
    )
