"""The command line as its users meet it: help, exit codes, one clear line a fault."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Run, case_dataset, on_a_terminal, read_json
from duzhan.cli import COMMANDS, main
from duzhan.cli.base import _columns
from duzhan.cli.startup import one_heap
from duzhan.widths import width
from small import Calls

AS_OF = ("--as-of", "2021-06-25")


def test_help_lists_every_command_in_chinese(run: Run) -> None:
    result = run("--help")

    assert result.returncode == 0
    assert result.stdout.startswith("用法：duzhan [选项] 命令 [参数]…")
    for name, summary in COMMANDS.items():
        assert f"  {name} " in result.stdout
        assert summary in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_chinese_help(name: str, run: Run) -> None:
    result = run(name, "--help", env={"COLUMNS": "80"})

    assert result.returncode == 0
    assert result.stdout.startswith(f"用法：duzhan {name}")
    assert max(map(width, result.stdout.splitlines())) <= 80
    assert "x>=" not in result.stdout
    for english in ("Usage", "Options", "Show this", "TEXT", "INTEGER", "PATH", "required"):
        assert english not in result.stdout


@pytest.mark.parametrize("said", [None, "", "x", "0", "-3", "60", "300"])
def test_help_is_as_wide_as_the_terminal(said: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if said is not None:
        monkeypatch.setenv("COLUMNS", said)

    assert _columns() == shutil.get_terminal_size().columns


# What takes long to load. A command that a person waits for loads only what it cannot do without.
HEAVY = {
    "pandas", "numpy", "pyarrow", "narwhals", "duckdb", "pydantic", "yaml", "rich", "jinja2",
    "lxml", "PIL", "orjson", "rapidfuzz", "xlsxwriter", "python_calamine", "filelock", "shutil",
    "logging", "random", "difflib", "hashlib", "duzhan.model.records",
}  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (("--help",), set()),
        (("--version",), set()),
        (("status", "--help"), set()),
        (("groups",), {"yaml"}),
        (("milestones",), {"yaml"}),
        (
            ("status", "--no-cache"),
            {"yaml", "numpy", "pyarrow", "shutil", "difflib", "duzhan.model.records"},
        ),
    ],
)
def test_a_short_command_loads_nothing_heavy_but_what_it_needs(
    sample: Path, arguments: tuple[str, ...], needed: set[str]
) -> None:
    script = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "from duzhan.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit:\n    pass\n"
        "print(*sorted(set(sys.modules) - before), file=sys.stderr)\n"
    )
    environment = {**os.environ, "DUZHAN_DATA": str(sample)}
    result = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert result.stdout
    assert HEAVY & set(result.stderr.split()) == needed


def test_completion_offers_counties_without_loading_anything_heavy(sample: Path) -> None:
    environment = {
        **os.environ,
        "_DUZHAN_COMPLETE": "zsh_complete",
        "COMP_WORDS": f"duzhan --data {sample} status --county 文",
        "COMP_CWORD": "5",
    }
    script = (
        "import sys\nfrom duzhan.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "assert not {'pandas', 'pyarrow', 'rich', 'pydantic'} & set(sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )

    assert result.stdout.splitlines() == ["plain", "文山市", "532601"]
    assert result.stderr == ""


USAGE = [
    (("status", "--county", "富"), 0, ""),
    (("status", "--county", "富林县"), 2, "没有“富林县”这个县（市）"),
    (("status", "--county", "5326"), 2, "“5326”可以是好几个县（市），请写完整：文山市、砚山县"),
    (("status", "--county", ""), 2, "县（市）名称是空的"),
    (("status", "--county", "文山州"), 2, "“文山州”是整个文山州，不是其中一个"),
    (("status", "--as-of", "2021-06-31"), 2, "--as-of 的“2021-06-31”不是日期，应写成 2021-06-25"),
    (("status", "--as-of", "06/05/2021"), 2, "--as-of 的“06/05/2021”不是日期"),
    (("status", "--asof", "2021-06-25"), 2, "没有 --asof 这个选项，是否为 --as-of？"),
    (("status", "多余"), 2, "多出的参数：多余，是不是要写 --county 多余？"),
    (("milestones", "多余"), 2, "多出的参数：多余\n"),
    (("statu",), 2, "没有“statu”这个命令，是否为 status？"),
    (("overdue", "--due-within", "-1"), 2, "--due-within 的值不对：应为不小于 0 的整数"),
    (
        ("issues", "--state", "done"),
        2,
        "--state 的值不对：应为 超期（overdue）、未整改（open）、待核验（claimed）、",
    ),
    (("issues", "--action", "清垃"), 0, "--action 的“清垃”不在词表中，是不是“清垃圾”？"),
    (("issues", "--action", "清垃圾行动"), 0, "--action 的“清垃圾行动”在这里写作“清垃圾”\n"),
    (("init",), 2, "缺少参数 目录"),
    (("letter", "督办"), 2, "文种 的值不对：应为 督办函、整改通知单、通报"),
    (("close", "富宁-0001", "--by", "张三"), 2, "缺少选项 --on 日期"),
    (("status", "--county"), 2, "--county 后面要有一个值"),
]


@pytest.mark.parametrize("command", ["close", "reopen", "amend", "history"])
def test_completion_offers_issues_with_what_they_are_about(sample: Path, command: str) -> None:
    words = {
        "_DUZHAN_COMPLETE": "zsh_complete",
        "COMP_WORDS": f"duzhan {command} --data {sample} 富宁-000",
        "COMP_CWORD": "4",
    }
    program = Path(sys.executable).with_name("duzhan")
    result = subprocess.run(
        [program], env={**os.environ, **words}, capture_output=True, text=True, check=False
    )

    parts = result.stdout.split("\n")
    assert parts[1::3] == [f"富宁-000{number}" for number in range(1, 10)]
    assert all(parts[2::3])
    assert result.stderr == ""


AMONG_LISTS = [
    ("overdue", "--csv", "富宁县 超期.csv"),
    ("issues", "--xlsx", "富宁县 清单.xlsx"),
    ("form", "--output", "富宁县.xlsx"),
    ("dashboard", "--output", "督战.html"),
    ("weekly-report", "--county", "富宁", "--output", "."),
    ("weekly-report", "--output", "周报"),
    ("overdue", "--email", "--dry-run", "--eml-dir", "."),
]


@pytest.mark.parametrize("arguments", AMONG_LISTS, ids=" ".join)
def test_nothing_is_written_among_the_lists_where_it_would_count_as_one(
    arguments: tuple[str, ...], sample: Path, run: Run
) -> None:
    before = sorted((sample / "issues").iterdir())

    result = run(*arguments[:-1], sample / "issues" / arguments[-1], "--data", sample)

    assert result.returncode == 2
    assert "里面的文件都算台账，请写到别处" in result.stderr
    assert sorted((sample / "issues").iterdir()) == before


@pytest.mark.parametrize(("arguments", "code", "line"), USAGE)
def test_wrong_usage_gets_one_chinese_line_and_exit_code_2(
    arguments: tuple[str, ...], code: int, line: str, sample: Path, run: Run
) -> None:
    result = run(*arguments, env={"DUZHAN_DATA": str(sample), "DUZHAN_TODAY": "2021-06-25"})

    assert result.returncode == code
    assert line in result.stderr


FAULTY = (
    "import sys, duzhan.cli as cli\n"
    "cli.LazyGroup.get_command = lambda *_: 1 / 0\n"
    "cli.main(sys.argv[1:])\n"
)


@pytest.mark.parametrize(
    ("options", "advice"),
    [((), "请加 --debug 重试并告知开发者"), (("--debug",), "请把以上内容告知开发者")],
)
def test_a_fault_of_the_program_says_so_and_exits_70(options: tuple[str, ...], advice: str) -> None:
    words = [sys.executable, "-c", FAULTY, "status", *options]
    with subprocess.Popen(words, stderr=subprocess.PIPE, encoding="utf-8") as process:
        told = process.communicate()[1].splitlines()

    assert process.returncode == 70
    assert told[-1] == f"程序内部出错（ZeroDivisionError: division by zero），{advice}"
    assert len(told) > 1 if options else len(told) == 1


def test_no_test_takes_a_fault_of_the_program_for_an_answer(
    dataset: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [sys.executable, "-c", FAULTY, "status"]
    for options in ({"stderr": subprocess.DEVNULL}, {"capture_output": True}):
        with pytest.raises(AssertionError):
            subprocess.run(words, check=False, **options)
    with pytest.raises(AssertionError, match="程序内部出错"):
        subprocess.run(["bash", "-c", '"$@" | cat', "-", *words], capture_output=True, check=False)

    monkeypatch.setattr("duzhan.cli.LazyGroup.get_command", lambda *_: 1 / 0)
    with pytest.raises(AssertionError, match="程序内部出错"):
        Calls(dataset, capsys)("status")


def test_without_a_dataset_the_error_names_init(run: Run, tmp_path: Path) -> None:
    result = run("status")

    assert result.returncode == 1
    assert result.stderr == (
        f"找不到数据集：从“{tmp_path}”往上都没有 data/groups.yaml 或 groups.yaml；"
        "请用 --data 指明目录，或用 duzhan init 目录 新建\n"
    )


def test_a_folder_that_is_no_dataset_is_named(run: Run, tmp_path: Path) -> None:
    result = run("--data", tmp_path, "status")

    assert result.returncode == 1
    assert f"“{tmp_path}”不是数据集：里面没有 groups.yaml" in result.stderr


def test_the_dataset_is_found_upwards_and_by_variable(sample: Path, run: Run) -> None:
    inside = run("status", *AS_OF, "--json", cwd=sample / "issues")
    above = shutil.copytree(sample, sample.parent / "project" / "data")
    beside = run("status", *AS_OF, "--json", cwd=above.parent)
    named = run("status", *AS_OF, "--json", env={"DUZHAN_DATA": str(sample)})

    assert inside.stdout == beside.stdout == named.stdout != ""


def test_data_may_stand_before_or_after_the_command(sample: Path, run: Run) -> None:
    before = run("--data", sample, "status", *AS_OF)
    after = run("status", *AS_OF, "--data", sample)

    assert before.stdout == after.stdout != ""


def test_outside_the_campaign_the_nearest_day_is_taken_and_said(sample: Path, run: Run) -> None:
    for today, day in (("2020-01-01", "2021-05-01"), ("2026-11-23", "2021-12-31")):
        result = run("status", "--json", "--data", sample, env={"DUZHAN_TODAY": today})

        assert read_json(result.stdout)["as_of"] == day
        line = f"今天 {today} 不在行动期（2021-05-01 至 2021-12-31）内，按 {day} 计算"
        assert line in result.stderr


def test_as_of_may_lie_outside_the_campaign(sample: Path, run: Run) -> None:
    before = read_json(run("status", "--as-of", "2021-04-01", "--json", "--data", sample).stdout)
    after = read_json(run("status", "--as-of", "2022-02-01", "--json", "--data", sample).stdout)

    assert before["current_milestone"] == "2021-05"
    assert {c["weekly"]["supervision"]["expected"] for c in before["counties"]} == {False}
    assert after["current_milestone"] is None
    assert {c["weekly"]["report"]["expected"] for c in after["counties"]} == {False}


def test_exit_code_4_only_on_request_and_only_with_a_red_light(sample: Path, run: Run) -> None:
    red = ("status", "--as-of", "2021-08-01", "--data", sample)

    assert run(*red).returncode == 0
    assert run(*red, "--exit-code").returncode == 4
    assert run(*red, "--exit-code", "--county", "西畴").returncode == 0


def test_today_is_asked_in_the_campaigns_time_zone(sample: Path, run: Run) -> None:
    result = run("status", "--json", "--data", sample, env={"TZ": "UTC", "DUZHAN_TODAY": "x"})

    assert result.returncode == 2
    assert result.stderr.startswith("环境变量 DUZHAN_TODAY 的“x”不是日期")


@pytest.mark.parametrize(
    "environment",
    [{"LANG": "C"}, {"LC_ALL": "POSIX"}, {"NO_COLOR": "1"}, {"PYTHONIOENCODING": "ascii"}],
)
def test_a_pipe_gets_plain_text_whatever_the_locale(
    environment: dict[str, str], sample: Path, run: Run
) -> None:
    result = run("status", "--county", "富宁", *AS_OF, "--data", sample, env=environment)

    assert result.returncode == 0
    assert "\x1b" not in result.stdout


def test_the_overview_fits_one_screen_of_80_columns(sample: Path) -> None:
    screen = on_a_terminal(("status", *AS_OF, "--data", str(sample)), columns=80)

    assert max(map(width, screen)) <= 80
    assert len(screen) <= 30
    assert [name for name in ("广南县", "西畴县", "富宁县") if any(name in s for s in screen)] == [
        "广南县",
        "西畴县",
        "富宁县",
    ]


def test_no_color_is_kept_on_a_terminal(sample: Path) -> None:
    coloured = on_a_terminal(("status", *AS_OF, "--data", str(sample)), raw=True)
    plain = on_a_terminal(
        ("status", *AS_OF, "--data", str(sample)), raw=True, env={"NO_COLOR": "1"}
    )

    assert any("\x1b[31m" in line or "\x1b[33m" in line for line in coloured)
    assert not any("\x1b[31m" in line or "\x1b[33m" in line for line in plain)


def test_the_county_page_answers_what_a_leader_asks(sample: Path, run: Run) -> None:
    page = run("status", "--county", "富宁", *AS_OF, "--data", sample).stdout

    for words in (
        "富宁县达标情况（截至2021年6月25日）",
        "示例数据",
        "▲黄  6月30日节点还有5天",
        "整改达标率：",
        "仅供参考",
        "最近评分：748分（省级，6月24日）",
        "【当前节点：6月底前（6月30日，还有5天）】",
        "尚未达到  问题清单整改达标率≥95%：",
        "〔三(三)2〕8县（市）创卫标准考核总体评分必须达750分以上（由省及红河州帮扶指导评估）",
        "    · 再销号2件",
        "    · 评分再提高2分",
        "    · 完成“",
        "5月底前：全部达标",
        "【超期问题2件】",
        "本周（2021-W25）：已督战",
        "〔六(二)〕",
        "州委常委、常务副州长 李先祥",
    ):
        assert words in page


@pytest.mark.parametrize(("form", "begins"), [("", "问题清单"), ("--json", "{"), ("--csv -", "县")])
def test_a_closed_pipe_ends_quietly(sample: Path, form: str, begins: str) -> None:
    words = f"{sys.executable} -m duzhan issues --data {sample} --as-of 2021-12-31 {form}"
    command = f"set -o pipefail; {words} | head -1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)

    assert result.returncode == 0
    assert result.stdout.lstrip("\ufeff").startswith(begins)
    assert "Broken" not in result.stderr


def test_a_pipe_that_is_not_the_output_is_no_reader_that_has_seen_enough(
    sample: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(_: Path | None) -> Path:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe", "管道")

    monkeypatch.setattr("duzhan.dataset.locate.find_root", broken)
    with pytest.raises(SystemExit) as left:
        main(["--data", str(sample), "check"])

    assert left.value.code == 1
    assert capfd.readouterr() == ("", "“管道”读写出错：管道的另一头已经关闭\n")


def test_init_makes_a_dataset_that_works_and_never_overwrites(tmp_path: Path, run: Run) -> None:
    made = run("init", "督战", cwd=tmp_path)
    status = run("status", "--json", cwd=tmp_path / "督战")
    check = run("check", cwd=tmp_path / "督战")
    again = run("init", "督战", cwd=tmp_path)

    assert made.returncode == status.returncode == check.returncode == 0
    assert {county["issues"] for county in read_json(status.stdout)["counties"]} == {None}
    assert list((tmp_path / "督战" / "issues").iterdir()) == []
    assert again.returncode == 2
    assert again.stderr.startswith("“督战”已有内容，不覆盖")


def test_every_page_of_synthetic_data_says_so(sample: Path, run: Run) -> None:
    for arguments in (("status",), ("status", "--county", "广南"), ("overdue",), ("issues",)):
        result = run(*arguments, *AS_OF, "--data", sample)
        assert "示例数据" in result.stdout.splitlines()[1]
    assert "示例数据" in run("check", "--data", sample).stdout


def test_filters_keep_what_was_asked_for(sample: Path, run: Run) -> None:
    every = read_json(run("issues", *AS_OF, "--json", "--data", sample).stdout)["issues"]
    some = read_json(
        run(
            "issues",
            *AS_OF,
            "--json",
            "--data",
            sample,
            "--county",
            "富宁",
            "--state",
            "open",
            "--action",
            "扫 厕所",
            "--unit",
            "富宁县",
        ).stdout
    )["issues"]

    assert some == [
        issue
        for issue in every
        if issue["county"] == "富宁县"
        and issue["state"] == "open"
        and issue["action"] == "扫厕所"
        and "富宁县" in issue["responsible_unit"]
    ]


def test_status_counts_faulty_cells_on_stderr_and_names_check(tmp_path: Path, run: Run) -> None:
    root = case_dataset(tmp_path / "ds", "messy-2")

    status = run("status", *AS_OF, "--data", root)
    check = read_json(run("check", "--json", "--data", root).stdout)

    errors = sum(problem["severity"] == "error" for problem in check["problems"])
    assert status.returncode == 0
    assert f"数据中有{errors}处错误" in status.stderr
    assert "duzhan check" in status.stderr
    assert errors > 20


def test_arrow_takes_the_common_heap_while_a_command_runs_unless_somebody_chose_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "ARROW_DEFAULT_MEMORY_POOL"
    monkeypatch.delenv(name, raising=False)
    with one_heap():
        assert os.environ[name] == "system"
    assert name not in os.environ

    monkeypatch.setenv(name, "jemalloc")
    with one_heap():
        assert os.environ[name] == "jemalloc"
    assert os.environ[name] == "jemalloc"
