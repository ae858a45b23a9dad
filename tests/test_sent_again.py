"""A list that comes again gets the answer of being read, and is read only if need be."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duzhan.campaign import importing
from duzhan.store.cache import VARIABLE
from small import TODAY, Calls, small_dataset
from test_import_laws import LAW, messy_list, office, sound_list

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from test_import_laws import Rows

CLEAN = "编号,问题描述,地点,责任单位,发现日期,整改期限,整改目标\n" + "".join(
    f"F-{n},问题{n},地点{n},城管局,2021年6月{n}日,2021-07-{n},目标{n}\n" for n in range(4, 9)
)


@pytest.fixture(autouse=True)
def with_a_cache(
    monkeypatch: pytest.MonkeyPatch,
    no_dataset_from_outside: None,  # noqa: ARG001 - it would take the day away again
) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("DUZHAN_TODAY", TODAY)


@pytest.fixture
def calls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Calls:
    root = small_dataset(tmp_path / "ds")
    shutil.rmtree(root / "issues")
    (root / "issues").mkdir()
    return Calls(root, capsys)


@pytest.fixture
def sent(tmp_path: Path) -> str:
    path = tmp_path / "富宁县 第二批.csv"
    path.write_text(CLEAN, "utf-8")
    return str(path)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one with each call that reads its files."""
    times: list[int] = []
    real = importing.import_lists

    def counted(*arguments: object, **options: object) -> object:
        times.append(1)
        return real(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(importing, "import_lists", counted)
    return times


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_the_same_bytes_are_answered_without_being_read(
    form: tuple[str, ...], calls: Calls, sent: str, read: list[int]
) -> None:
    calls.done("import", *form, sent)
    journal = (calls.folder / "journal.jsonl").read_bytes()

    again = calls.done("import", *form, sent)
    assert len(read) == 1
    assert again == calls.done("--no-cache", "import", *form, sent)
    assert len(read) == 2
    assert (calls.folder / "journal.jsonl").read_bytes() == journal


def _ledger(calls: Calls, _sent: str) -> None:
    calls.done("close", "F-4", "--on", "2021-06-20", "--by", "张三")


def _register(calls: Calls, _sent: str) -> None:
    (calls.folder / "extensions.csv").write_text("编号,县(市)\n", "utf-8")


def _rules(calls: Calls, _sent: str) -> None:
    path = calls.folder / "milestones.yaml"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")


def _second_ledger(calls: Calls, _sent: str) -> None:
    (calls.folder / "issues" / "富宁县 二.csv").write_text("问题描述\n甲\n", "utf-8")


def _no_ledgers(calls: Calls, _sent: str) -> None:
    shutil.rmtree(calls.folder / "issues")


def _list(_calls: Calls, sent: str) -> None:
    with open(sent, "a", encoding="utf-8") as file:  # noqa: PTH123
        file.write("F-9,问题9,地点9,城管局,2021-06-09,2021-07-09,\n")


@pytest.mark.parametrize("change", [_ledger, _register, _rules, _second_ledger, _no_ledgers, _list])
def test_whatever_has_changed_since_it_is_read_again(
    change: Callable[[Calls, str], None], calls: Calls, sent: str, read: list[int]
) -> None:
    calls("import", sent)
    calls("import", sent)
    assert len(read) == 1
    change(calls, sent)
    del read[:]

    calls("import", sent)

    assert len(read) == 1


def test_another_day_and_other_options_are_other_calls(
    calls: Calls, sent: str, read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls.done("import", sent)
    calls.done("import", sent)
    del read[:]

    calls.done("import", "--by", "张三", sent)
    calls.done("import", "--dry-run", sent)
    monkeypatch.setenv("DUZHAN_TODAY", "2021-09-09")
    calls.done("import", sent)

    assert len(read) == 3


def test_what_was_put_aside_and_spoilt_is_as_if_it_were_not_there(
    calls: Calls, sent: str, read: list[int]
) -> None:
    calls.done("import", sent)
    said = calls.done("import", sent)
    path = calls.folder / ".duzhan-cache" / "imports"
    path.write_bytes(path.read_bytes()[:-9])
    del read[:]

    assert calls.done("import", sent) == said
    assert len(read) == 1


@LAW
@given(
    lists=st.lists(st.one_of(sound_list(), messy_list()), min_size=1, max_size=2),
    order=st.lists(st.integers(0, 1), min_size=2, max_size=4),
)
def test_whatever_comes_again_gets_the_answer_of_being_read(
    lists: list[Rows],
    order: list[int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    with office(capsys) as here, office(capsys) as there:
        for number in order:
            at = number % len(lists)
            found = [
                office.take(office.sent(str(at), lists[at]), options=options)
                for office, options in ((here, ()), (there, ("--no-cache",)))
            ]
            for entry in (*found[0], *found[1]):
                entry["rejected_to"] = bool(entry["rejected_to"])
            assert found[0] == found[1]
            assert here.ledger == there.ledger
