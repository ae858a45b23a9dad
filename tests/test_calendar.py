"""The calendar file, read by two libraries: what stands there, what moves and what is cancelled."""

from __future__ import annotations

import datetime as dt

import icalendar
import vobject

from mailing import overdue_row, set_issues
from small import Calls, calls_on

calls = calls_on("2021-07-15")


def events(calls: Calls, *more: str) -> dict[str, icalendar.cal.Component]:
    """The events by summary, as a strict reader finds them."""
    file = calls.folder.parent / "out.ics"
    calls.done("calendar", "-o", str(file), *more)
    raw = file.read_bytes()
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    found = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    other = list(vobject.readOne(raw.decode()).vevent_list)
    assert [str(one["UID"]) for one in found] == [one.uid.value for one in other]
    assert [str(one["SUMMARY"]) for one in found] == [one.summary.value for one in other]
    assert not any(one.errors for one in found)
    return {str(one["SUMMARY"]): one for one in found}


def of(found: dict[str, icalendar.cal.Component], identifier: str) -> icalendar.cal.Component:
    return next(event for summary, event in found.items() if identifier in summary)


def test_milestones_weekly_duties_and_a_countys_deadlines_stand_in_it(calls: Calls) -> None:
    found = events(calls, "--county", "富宁")
    assert found["节点截止：6月底前"].decoded("DTSTART") == dt.date(2021, 6, 30)
    assert "750 以上（解释值）" in str(found["节点截止：6月底前"]["DESCRIPTION"])
    duty = found["本周内完成：每周督战"]
    assert duty.decoded("DTSTART") == dt.date(2021, 6, 6)
    assert "FREQ=WEEKLY" in str(duty["RRULE"].to_ical())
    issue = of(found, "富宁-0001")
    assert issue.decoded("DTSTART") == dt.date(2021, 7, 1)
    assert issue["STATUS"] == "CONFIRMED"
    assert str(issue["LOCATION"]) == "北门市场,东侧"
    assert of(found, "富宁-0003")["STATUS"] == "CANCELLED"
    assert not [summary for summary in found if "广南" in summary]
    assert [summary for summary in events(calls) if "广南-0001" in summary]


def test_the_same_data_gives_the_same_bytes(calls: Calls) -> None:
    file = calls.folder.parent / "out.ics"
    events(calls)
    first = file.read_bytes()
    events(calls)
    assert file.read_bytes() == first


def test_a_moved_deadline_and_a_closure_keep_the_uid_and_count_up(calls: Calls) -> None:
    first = of(events(calls), "富宁-0001")
    calls.done("amend", "富宁-0001", "整改期限", "2021-06-28", "--by", "赵六", "--reason", "笔误")
    second = of(events(calls), "富宁-0001")
    calls.done("close", "富宁-0001", "--on", "2021-07-10", "--by", "赵六")
    third = of(events(calls), "富宁-0001")
    calls.done("reopen", "富宁-0001", "--on", "2021-07-12", "--reason", "没有整改到位")
    fourth = of(events(calls), "富宁-0001")
    every = (first, second, third, fourth)
    assert len({str(one["UID"]) for one in every}) == 1
    assert [str(one["SEQUENCE"]) for one in every] == ["0", "1", "2", "3"]
    assert [str(one["STATUS"]) for one in every] == [
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
        "CONFIRMED",
    ]
    assert second.decoded("DTSTART") == dt.date(2021, 6, 28)


def test_an_extension_moves_the_entry_from_the_day_of_approval_on(calls: Calls) -> None:
    (calls.folder / "extensions.csv").write_text(
        "编号,县(市),申请日期,原期限,延至,理由,批准人,批准日期,文号,备注\n"
        "富宁-0001,富宁县,2021-06-28,2021-07-01,2021-07-20,汛期,李七,2021-07-10,,\n",
        "utf-8",
    )
    before = of(events(calls, "--as-of", "2021-07-09"), "富宁-0001")
    after = of(events(calls), "富宁-0001")
    assert before.decoded("DTSTART") == dt.date(2021, 7, 1)
    assert after.decoded("DTSTART") == dt.date(2021, 7, 20)
    assert (str(before["SEQUENCE"]), str(after["SEQUENCE"])) == ("0", "1")
    assert before["UID"] == after["UID"]


def test_no_cell_ends_a_line_or_begins_a_property(calls: Calls) -> None:
    nasty = "a;b,c\\d\nEND:VEVENT\r\nBEGIN:VALARM 长" * 20
    set_issues(calls.folder, "富宁县", overdue_row("富宁-0001", 问题描述=nasty))
    issue = of(events(calls), "富宁-0001")
    assert "a;b,c\\d" in str(issue["SUMMARY"])
    assert "END:VEVENT" in str(issue["SUMMARY"])


def test_a_file_of_another_kind_or_among_the_lists_is_refused(calls: Calls) -> None:
    assert calls("calendar", "-o", "x.txt").code == 2
    assert calls("calendar", "-o", str(calls.folder / "issues" / "x.ics")).code == 2
