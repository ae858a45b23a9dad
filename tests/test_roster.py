"""groups.yaml against the notice, word by word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from duzhan.dataset.config.roster import load_roster
from duzhan.model import UNNAMED, Group, Roster

HERE = Path(__file__).parent
NOTICE = re.sub(r"\s", "", (HERE / "source" / "notice.txt").read_text("utf-8"))
NUMERALS = "一二三四五六七八"

COUNTIES = [
    ("532601", "文山市", "董文晓"),
    ("532622", "砚山县", "刘贵红"),
    ("532623", "西畴县", "高启刚"),
    ("532624", "麻栗坡县", "唐斌"),
    ("532625", "马关县", "刘先文"),
    ("532626", "丘北县", "杨云"),
    ("532627", "广南县", "罗勇"),
    ("532628", "富宁县", "屠金亮"),
]


@pytest.fixture(scope="module")
def roster() -> Roster:
    made, problems = load_roster(HERE.parent / "data" / "groups.yaml", "groups.yaml")
    assert problems == []
    assert made is not None
    return made


def as_the_notice_writes(number: int, group: Group) -> str:
    """Section 四 of the notice has one such paragraph a group."""
    text = f"（{NUMERALS[number]}）{group.name}"
    for role in ("组长", "副组长"):
        seats = [seat for seat in group.memberships if seat.role == role]
        text += f"{role}：" + "".join(f"{s.person or ''}{'、'.join(s.posts)}" for s in seats)
    return f"{text}成员：{group.members}"


def test_all_groups_together_are_section_four_of_the_notice(roster: Roster) -> None:
    written = "".join(as_the_notice_writes(n, g) for n, g in enumerate(roster.groups))
    assert f"四、督战工作安排{written}五、督战方式" in NOTICE


def test_every_county_has_its_code_and_its_head_of_guidance(roster: Roster) -> None:
    found = [
        (g.county.code, g.county.name, seat.person)
        for g in roster.groups
        for seat in g.memberships
        if seat.leads_guidance
    ]
    assert found == COUNTIES


def test_the_head_of_guidance_is_a_deputy_and_holds_the_post(roster: Roster) -> None:
    for group in roster.groups:
        (head,) = [seat for seat in group.memberships if seat.leads_guidance]
        assert head.role == "副组长"
        assert head.posts[-1] == f"{group.county.name}业务指导组组长"


def test_wang_yi_is_two_people_told_apart_by_post(roster: Roster) -> None:
    found = [
        (group.county.name, seat.role, seat.posts)
        for group in roster.groups
        for seat in group.memberships
        if seat.person == "王毅"
    ]
    assert found == [
        ("文山市", "组长", ("州委常委", "州委宣传部部长", "州委统战部部长")),
        ("富宁县", "副组长", ("州市场监管局局长",)),
    ]


def test_two_posts_stand_without_a_name(roster: Roster) -> None:
    found = [
        (group.county.name, seat.role, seat.display)
        for group in roster.groups
        for seat in group.memberships
        if seat.person is None
    ]
    assert found == [
        ("砚山县", "副组长", f"州商务局局长 {UNNAMED}"),
        ("麻栗坡县", "组长", f"副州长、州公安局局长 {UNNAMED}"),
    ]


def test_lu_bo_is_only_proposed_as_vice_governor(roster: Roster) -> None:
    (seat,) = [s for g in roster.groups for s in g.memberships if s.person == "陆波"]
    assert seat.posts == ("副州长人选",)


def test_names_have_no_inner_space(roster: Roster) -> None:
    people = [s.person for g in roster.groups for s in g.memberships if s.person]
    assert len(people) == 31  # 33 seats, two of them without a name
    assert all(re.fullmatch(r"[\u4e00-\u9fff]{2,3}", person) for person in people)


def test_every_group_supervises_party_committee_and_government(roster: Roster) -> None:
    assert {group.supervised for group in roster.groups} == {("党委", "政府")}
    assert "8县（市）党委、政府" in NOTICE


def test_clauses_count_the_groups(roster: Roster) -> None:
    assert [g.clause for g in roster.groups] == [f"四({numeral})" for numeral in NUMERALS]


def test_offices_have_the_contacts_of_the_notice(roster: Roster) -> None:
    found = [(o.name, o.contact, o.telephone) for o in roster.offices]
    assert found == [("州爱卫办", "张世丽", "2148189"), ("州爱卫专项办", "谢向晟", "2156790")]
    for name, contact, telephone in found:
        assert f"{name}（联系人：{contact}，联系电话：{telephone}）" in NOTICE


def test_the_roster_ships_without_addresses_and_without_empty_list_confirmations(
    roster: Roster,
) -> None:
    assert {group.recipients for group in roster.groups} == {()}
    assert {office.email for office in roster.offices} == {None}
    assert {county.zero_list_confirmed_by for county in roster.counties} == {None}


def test_wenshan_is_the_city_and_the_prefecture_has_its_own_names(roster: Roster) -> None:
    assert roster.counties[0].names == ("文山市", "文山")
    assert roster.prefecture.code == "532600"
    assert roster.prefecture.names == ("文山州", "文山壮族苗族自治州")


def test_every_county_is_known_by_its_short_name(roster: Roster) -> None:
    assert all(county.short_name in county.aliases for county in roster.counties)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("~$富宁县", "不当清单读"),
        ("Thumbs.db", "不当清单读"),
        ("desktop.ini县", "不当清单读"),
        ("Con", "设备名"),
        ("富宁县.", "末尾的点"),
        ("Cafe\u0301县", "拆开写"),
    ],
)
def test_a_county_whose_list_nobody_would_see_is_refused_with_the_remedy(
    tmp_path: Path, name: str, why: str
) -> None:
    text = (HERE.parent / "data" / "groups.yaml").read_text("utf-8")
    (tmp_path / "groups.yaml").write_text(text.replace("name: 富宁县\n", f'name: "{name}"\n', 1))

    made, problems = load_roster(tmp_path / "groups.yaml", "groups.yaml")

    assert made is None
    assert [why in problem.message for problem in problems] == [True]
