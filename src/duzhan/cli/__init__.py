"""The command line: one module a command, loaded when the command runs.

`--help`, `--version` and completion load nothing but click.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import sys
from typing import TYPE_CHECKING

import click

from duzhan.cli.base import ChineseCommand, ChineseGroup, ReaderLeftError, explain_usage
from duzhan.cli.options import Settings, data_option, no_cache_option
from duzhan.cli.speech import say
from duzhan.cli.startup import one_heap, without_pandas
from duzhan.errors import FAULT_WORDS, INTERNAL_FAULT, DuzhanError, reason
from duzhan.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

# Command -> the line that `duzhan --help` shows; its module has the same name.
COMMANDS = {
    "init": "新建数据集（名册、规则、空的记录文件）",
    "import": "把各县区报来的清单并入台账，逐行交代",
    "check": "检查数据集里的每个文件，逐条指出问题",
    "status": "各县区达标情况；--county 看一个的详情",
    "overdue": "超期问题，最久的在前；--email 发给各组",
    "issues": "按条件查问题清单",
    "weekly-report": "周报，或一个县区的周小结；--brief 一页要点",
    "visit": "核查单：下去时随身带的两页纸（md、docx、html）",
    "forecast": "照近两周的速度，哪天能达到下一节点",
    "close": "销号：核验过的问题加上销号日期和核验人",
    "reopen": "退回：没有真正整改的问题退回重改",
    "amend": "更正台账里的一格",
    "extend": "登记批准了的延期",
    "withdraw": "撤销不是问题的行，从此不算数",
    "record": "记一次督导、周报、评估或任务完成",
    "evidence": "佐证材料（整改前后的照片）：登记、核对、对照表",
    "history": "一个问题的每一次改动：何时、谁、从什么改成什么",
    "form": "给县区填报的表格",
    "letter": "代拟公文：督办函、整改通知单、通报，由人审定签发",
    "calendar": "日历文件：节点、每周职责、问题的整改期限",
    "doctor": "定时任务的一切是否就位：收件人、邮件服务器、模板、发信记录",
    "export": "把台账写成 Parquet，或把所有的表写成 SQLite、CSV",
    "dashboard": "看板：一个网页文件，手机和大屏都能看，不用联网",
    "milestones": "各节点的要求和原文",
    "groups": "各组名册",
}


class LazyGroup(ChineseGroup):
    """Knows its commands' names and summaries, and loads a command when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        # `import` is a word of Python's own.
        name = f"{cmd_name}_" if cmd_name == "import" else cmd_name.replace("-", "_")
        module = importlib.import_module(f"duzhan.cli.{name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        with formatter.section("命令"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="每个命令都有自己的帮助：duzhan 命令 --help",
)
@click.version_option(VERSION, "--version", message="duzhan %(version)s", help="显示版本号。")
@click.option("--debug", is_flag=True, help="出错时显示内部详情，供排查程序问题。")
@data_option
@no_cache_option
@click.pass_context
def app(ctx: click.Context, *, debug: bool, data: str | None) -> None:
    """督战：从各县区报来的问题清单，算出整改率、节点达标情况和超期问题。"""
    ctx.obj = Settings(data=data, debug=debug)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code (SPEC section 6)."""
    # Loading modules makes many objects and hardly any garbage: a tenth of a short command's time.
    gc.set_threshold(100_000, 50, 50)
    # Nor is any of it looked for at the end, where everything goes: another tenth.
    atexit.register(gc.freeze)
    _stand_in()
    _speak_utf8()
    given = list(sys.argv[1:] if arguments is None else arguments)
    # Wherever it stands: whoever meets a fault adds it at the end.
    debug = "--debug" in given
    try:
        with without_pandas(), one_heap():
            code = app.main(
                args=[argument for argument in given if argument != "--debug"],
                prog_name="duzhan",
                standalone_mode=False,
            )
            sys.stdout.flush()
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.ClickException as error:
        _complain(*explain_usage(error))
        code = error.exit_code
    except DuzhanError as error:
        _complain(*error.lines)
        code = error.exit_code
    except (ReaderLeftError, BrokenPipeError):
        # The reader (head, less) has seen enough.
        _stop_output()
        code = 0
    except (KeyboardInterrupt, click.Abort):
        _complain("已中断。")
        code = 130
    except OSError as error:
        if debug:
            raise
        _complain(f"“{error.filename or '标准输出'}”读写出错：{reason(error)}")
        _stop_output()
        code = 1
    except Exception as error:  # noqa: BLE001 - told, and no answer: exit 70
        if debug:
            sys.excepthook(type(error), error, error.__traceback__)
        advice = "请把以上内容告知开发者" if debug else "请加 --debug 重试并告知开发者"
        _complain(f"{FAULT_WORDS}（{type(error).__name__}: {error}），{advice}")
        code = INTERNAL_FAULT
    sys.exit(code if isinstance(code, int) else 0)


def _stop_output() -> None:
    """Let what is still to be printed go nowhere, or Python would try once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _stand_in() -> None:
    """Where output was closed (>&-) let it go nowhere, and no file of ours take its number."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(handle, "w", encoding="utf-8", errors="replace"))


def _complain(*lines: str) -> None:
    for line in lines:
        say(line, err=True)


def _speak_utf8() -> None:
    """Cron's LANG=C and old code pages must not turn a Chinese line into a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


__all__ = ["COMMANDS", "ChineseCommand", "app", "main"]
