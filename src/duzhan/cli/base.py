"""Click in Chinese: headings of help pages, and what is wrong with a command line."""

from __future__ import annotations

import os
import re
import select
import sys
from typing import TYPE_CHECKING, Any

import click
from click import formatting

from duzhan import widths
from duzhan.errors import DuzhanError, reason
from duzhan.visible import readable

if TYPE_CHECKING:
    from collections.abc import Iterable

# What click adds to the help of a number's option, in its own words.
_RANGE = re.compile(r"(?<!\s)\s*\[[^\[\]]{0,20}x[<>]=?[^\[\]]{0,20}\]")
# Click leaves so many columns to a command's arguments, or gives them a line of their own.
_SPARE = 20
_REQUIRED = re.compile(r"(?<!\s)\s*\[required\]")


class _Formatter(click.HelpFormatter):
    """Aligns by the width that Chinese characters have on a terminal."""

    def __init__(
        self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None
    ) -> None:
        width = width or formatting.FORCED_WIDTH or max(50, min(_columns(), max_width or 80) - 2)
        super().__init__(indent_increment, width, max_width)

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write names and what they mean in two columns.

        Args:
            rows: the pairs.
            col_max: a longer name stands on a line of its own.
            col_spacing: columns between the two.
        """
        rows = list(rows)
        first = min(max(widths.width(name) for name, _ in rows), col_max) + col_spacing
        margin = " " * (self.current_indent + first)
        for name, text in rows:
            lines = widths.lines(text, max(20, self.width - len(margin)))
            if widths.width(name) > first - col_spacing:
                self.write(f"{'':>{self.current_indent}}{name}\n{margin}{lines[0]}\n")
            else:
                gap = " " * (first - widths.width(name))
                self.write(f"{'':>{self.current_indent}}{name}{gap}{lines[0]}".rstrip() + "\n")
            for line in lines[1:]:
                self.write(f"{margin}{line}\n")

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line; only a long one needs what click loads to break it."""
        line = f"{prefix}{prog} {args}"
        if prefix is None or widths.width(line) > self.width - _SPARE:
            super().write_usage(prog, args, prefix)
        else:
            self.write(f"{line}\n")

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        self.write(f"{'':>{self.current_indent}}{heading}：\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        margin = " " * self.current_indent
        for number, paragraph in enumerate(text.split("\n\n")):
            self.write("\n" if number else "")
            for line in widths.lines(paragraph, self.width - self.current_indent):
                self.write(f"{margin}{line}\n")


def _columns() -> int:
    """How wide the terminal is; to load shutil, which says the same, takes longer."""
    try:
        if (said := int(os.environ.get("COLUMNS", ""))) > 0:
            return said
    except ValueError:
        pass
    try:
        return os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1).columns or 80
    except (ValueError, OSError):
        return 80


class _Context(click.Context):
    formatter_class = _Formatter


def _read_as_text(value: object) -> object:
    """An option's value, or its values, in the encoding that fits; what fits none is kept.

    Whoever writes it into the dataset refuses that; nothing is put in its place unsaid.
    """
    if isinstance(value, tuple):
        return tuple(map(_read_as_text, value))
    if not isinstance(value, str):
        return value
    told = readable(value)
    return value if "\ufffd" in told else told


class _ChineseHelp(click.Command):
    context_class = _Context

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line; words in another encoding than the terminal's as GBK.

        Paths stay as they are: whoever opens them needs them so.
        """
        rest = super().parse_args(ctx, args)
        for param in self.params:
            if isinstance(param.type, click.types.StringParamType):
                name = param.name or ""
                ctx.params[name] = _read_as_text(ctx.params.get(name))
        return rest

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        formatter.write_usage(ctx.command_path, " ".join(self._pieces(ctx)), prefix="用法：")

    def _pieces(self, ctx: click.Context) -> list[str]:
        names = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]…"}
        return [names.get(piece, piece) for piece in self.collect_usage_pieces(ctx)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the options, and a group's commands."""
        records = [
            (name, _REQUIRED.sub("（必填）", _RANGE.sub("", text)))
            for param in self.get_params(ctx)
            for name, text in [param.get_help_record(ctx) or ("", "")]
            if name
        ]
        if records:
            with formatter.section("选项"):
                formatter.write_dl(records)
        if isinstance(self, ChineseGroup):
            self.format_commands(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples as they stand: a line is what one types."""
        if self.epilog:
            formatter.write(f"\n{self.epilog}\n")

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Describe --help."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示帮助。"
        return option


class ChineseCommand(_ChineseHelp):
    """A command with Chinese help."""


class ChineseGroup(_ChineseHelp, click.Group):
    """A group of commands with Chinese help."""

    command_class = ChineseCommand

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click has it
        """Run a command.

        Raises:
            ReaderLeftError: whoever reads what it prints has seen enough.
            DuzhanError: another pipe was closed at its other end.
        """
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            if _is_read():
                name = error.filename or "输出"
                raise DuzhanError(f"“{name}”读写出错：{reason(error)}") from error
            raise ReaderLeftError from error


class ReaderLeftError(Exception):
    """The other end of the pipe was closed, which click would call a failure."""


def _is_read() -> bool:
    """Whether the other end of the standard output is still there, as far as a system tells."""
    if not hasattr(select, "poll"):
        return False
    output = select.poll()
    output.register(sys.stdout.fileno(), select.POLLOUT)
    return not any(told & (select.POLLERR | select.POLLHUP) for _, told in output.poll(0))


def explain_usage(error: click.ClickException) -> tuple[str, ...]:
    """Say in Chinese what is wrong with the command line, and where help is."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "duzhan"
    return _reason(error), f"用法见 {path} --help"


def _missing(error: click.MissingParameter) -> str:
    """What is missing: an option by its name and what follows it, an argument by what it is."""
    if error.param is None or error.ctx is None:
        return "参数"
    metavar = error.param.make_metavar(error.ctx)
    if isinstance(error.param, click.Option):
        return f"选项 {error.param.opts[0]} {metavar}"
    return f"参数 {metavar}"


def _called(param: click.Parameter) -> str:
    """An option by its name, an argument by what it is."""
    return param.opts[0] if isinstance(param, click.Option) else param.metavar or param.opts[0]


def _reason(error: click.ClickException) -> str:
    reason = error.format_message()
    match error:
        case click.NoSuchOption():
            near = f"，是否为 {error.possibilities[0]}？" if error.possibilities else ""
            reason = f"没有 {error.option_name} 这个选项{near}"
        case click.MissingParameter():
            reason = f"缺少{_missing(error)}"
        case click.BadParameter():
            name = _called(error.param) if error.param else ""
            reason = f"{name} 的值不对：{_allowed(error.param) or error.message}"
        case click.BadOptionUsage():
            reason = f"{error.option_name} 后面要有一个值"
        case click.UsageError() if error.message.startswith("No such command"):
            reason = _no_such_command(error)
        case click.UsageError() if "unexpected extra argument" in error.message:
            reason = _too_many(error)
    return reason


def _too_many(error: click.UsageError) -> str:
    """What stands where nothing is asked for; one word may be meant for --county."""
    rest = error.message.partition("(")[2].rstrip(")")
    options = (
        {name for param in error.ctx.command.params for name in param.opts} if error.ctx else ()
    )
    hint = f"，是不是要写 --county {rest}？" if "--county" in options and " " not in rest else ""
    return f"多出的参数：{rest}{hint}"


def _allowed(param: click.Parameter | None) -> str:
    """What an option's type would take, in words."""
    kind = param.type if param else None
    if isinstance(allowed := getattr(kind, "allowed", None), str):
        return allowed
    match kind:
        case click.Choice(choices=choices):
            return f"应为 {'、'.join(map(str, choices))}"
        case click.IntRange(min=low):
            return f"应为不小于 {low} 的整数"
        case click.FloatRange(min=float() | int() as least):
            return f"应为不小于 {least:g} 的数"
    return ""


def _no_such_command(error: click.UsageError) -> str:
    name = error.message.partition("'")[2].partition("'")[0]
    known: list[str] = []
    if error.ctx is not None and isinstance(error.ctx.command, click.Group):
        known = error.ctx.command.list_commands(error.ctx)
    import difflib

    near = difflib.get_close_matches(name, known, 1)
    hint = f"，是否为 {near[0]}？" if near else f"，可用的有：{'、'.join(known)}"
    return f"没有“{name}”这个命令{hint}"
