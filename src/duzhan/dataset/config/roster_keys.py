"""The keys of groups.yaml: one table for checking, editors and docs (see `keys`)."""

from __future__ import annotations

from duzhan.model import ROBOTS
from duzhan.shapes import Below, Each, FileKeys, FreeKeys, Read, RefusedValue, key, optional
from duzhan.values import BOOL, CODE, ELSEWHERE, EMAIL, LINE, NAME, TELEPHONE, VARIABLE


def _read_robot_kind(text: str) -> str:
    if text not in ROBOTS:
        raise RefusedValue("bad-value", f"没有这种机器人，可写 {'、'.join(ROBOTS)}")
    return text


ROBOT_KIND = Read(str, _read_robot_kind, schema={"type": "string", "enum": list(ROBOTS)})


class PrefectureKeys(FileKeys):
    """The prefecture; its names are never a county's."""

    code: str | None = optional(CODE, "所属地方的 GB/T 2260 六位代码，如 450100")
    name: str = key(NAME, "全称或通称，如 某某市")
    aliases: list[str] = key(Each(NAME), "其他称呼；以这些称呼开头的文件不属于下面任何一个单位", [])


class CountyKeys(FileKeys):
    """A county or city under supervision 〔四〕."""

    code: str | None = optional(CODE, "GB/T 2260 六位代码，如 450123；没有则不写")
    name: str = key(NAME, "全称，如 甲县、东区；问题清单的文件以它或别名开头")
    aliases: list[str] = key(Each(NAME), "别名，如 甲县政府；一个别名只能用一处", [])
    zero_list_confirmed_by: str | None = optional(
        LINE, "零报告：确认它没有需整改问题的人；未确认则空着"
    )
    header_aliases: dict[str, list[str]] = key(
        FreeKeys(Each(LINE)), "它自己的表头，如 问题描述: [隐患情况说明]；只对它的清单有效", {}
    )


class MembershipKeys(FileKeys):
    """A seat in a group: a post, and who holds it 〔四〕."""

    role: str = key(LINE, "组内身份：组长或副组长")
    person: str | None = optional(LINE, "姓名；通知没有写姓名的空着")
    posts: list[str] = key(Each(LINE, least=1), "职务，主要职务在前；同名的人按职务区分")
    leads_guidance: bool = key(BOOL, "是否兼任它的业务指导组组长（true 或 false）", default=False)


class RobotKeys(FileKeys):
    """A robot of a group chat: where its address stands, never the address itself."""

    kind: str = key(ROBOT_KIND, f"机器人的种类：{'、'.join(ROBOTS)}")
    url_env: str | None = optional(
        VARIABLE, "存放地址的环境变量名，如 DUZHAN_ROBOT_EAST；与 url_file 二选一"
    )
    url_file: str | None = optional(ELSEWHERE, "存放地址的文件，权限 600；相对路径从数据集算起")
    secret_env: str | None = optional(VARIABLE, "存放加签密钥的环境变量名；机器人没有设签名的不写")
    secret_file: str | None = optional(ELSEWHERE, "存放加签密钥的文件，权限 600")

    def check(self) -> None:
        """One address stands in one place, and so does its secret."""
        if (self.url_env is None) == (self.url_file is None):
            message = "url_env 和 url_file 应写一个，也只写一个：机器人的地址放在环境变量或文件里"
            raise RefusedValue("bad-value", message)
        if self.secret_env is not None and self.secret_file is not None:
            raise RefusedValue("bad-value", "secret_env 和 secret_file 只写一个")


class GroupKeys(FileKeys):
    """A supervision group 〔四〕."""

    id: str = key(NAME, "这个组的短代号，如 east；不重复")
    name: str = key(LINE, "这个组的名称，如 东区督导组")
    clause: str = key(LINE, "通知中的出处，如 四(一)", "")
    county: CountyKeys = key(Below(CountyKeys), "这个组督导的单位：县、区、企业等")
    supervised: list[str] = key(Each(LINE), "督导的对象，如 党委、政府", [])
    memberships: list[MembershipKeys] = key(
        Each(Below(MembershipKeys)), "组长、副组长，按通知的顺序", []
    )
    members: str = key(LINE, "成员的说明", "")
    recipients: list[str] = key(Each(EMAIL), "收件人邮箱，每行一个；没有则写 []", [])
    leader_recipients: list[str] = key(
        Each(EMAIL), "组长（按职务）的邮箱，分级督办时发给；没有则写 []", []
    )
    liaison_recipients: list[str] = key(Each(EMAIL), "联络员的邮箱，到期提醒发给；没有则写 []", [])
    robots: list[RobotKeys] = key(
        Each(Below(RobotKeys)),
        "这个组群聊里的机器人，overdue --notify、weekly-report --notify 用",
        [],
    )


class OfficeKeys(FileKeys):
    """An office that gets copies of every report 〔六(二)〕."""

    name: str = key(LINE, "办公室名称，如 市安全生产委员会办公室")
    clause: str = key(LINE, "通知中的出处", "")
    contact: str | None = optional(LINE, "联系人")
    telephone: str | None = optional(TELEPHONE, "联系电话")
    short_name: str | None = optional(
        LINE, "简称，用作 county_reports.csv 的列名“抄送…”；不写则用 name"
    )
    email: str | None = optional(EMAIL, "邮箱，所有邮件抄送到此；没有则空着")
    robots: list[RobotKeys] = key(
        Each(Below(RobotKeys)), "办公室群聊里的机器人，收到全部单位的要点", []
    )


class RegionKeys(FileKeys):
    """What a prefecture or province is called, for sums by region."""

    code: str = key(CODE, "上级地区的 GB/T 2260 六位代码，如 450000、450100")
    name: str = key(LINE, "名称，如 云南省")


class GroupsFile(FileKeys):
    """The whole of groups.yaml."""

    prefecture: PrefectureKeys | None = optional(
        Below(PrefectureKeys), "这些单位所属的地方；没有则不写"
    )
    groups: list[GroupKeys] = key(
        Each(Below(GroupKeys), least=1), "各组和它督导的单位，报表按此顺序排列"
    )
    offices: list[OfficeKeys] = key(Each(Below(OfficeKeys)), "收报告抄送的办公室", [])
    regions: list[RegionKeys] = key(Each(Below(RegionKeys)), "汇总时上级地区的名称", [])


class SplitGroupsFile(GroupsFile):
    """groups.yaml of a roster whose groups stand in the files of a folder."""

    groups: list[GroupKeys] = key(
        Each(Below(GroupKeys)), "各组和它督导的单位，报表按此顺序排列", []
    )


class GroupsPart(FileKeys):
    """A file of the folder `groups`."""

    groups: list[GroupKeys] = key(
        Each(Below(GroupKeys), least=1), "各组和它督导的单位，报表按此顺序排列"
    )
