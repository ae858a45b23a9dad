"""Options that several commands share, each written once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

import click

from duzhan import engines
from duzhan.cli.base import ChineseCommand
from duzhan.cli.examples import examples

if TYPE_CHECKING:
    from pathlib import Path

    from click.shell_completion import CompletionItem

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")
Run: TypeAlias = Callable[..., int]
Option: TypeAlias = Callable[[F], F]
Completer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


class Settings(NamedTuple):
    """What was said before the command's name."""

    data: str | None = None
    debug: bool = False


def data_folder(ctx: click.Context, given: str | None) -> Path | None:
    """--data as given after the command's name, else before it."""
    from pathlib import Path

    settings = ctx.find_object(Settings)
    chosen = given or (settings.data if settings else None)
    return Path(chosen) if chosen else None


def _data_before(ctx: click.Context) -> str | None:
    """--data as typed so far: while Tab is pressed no command runs that would hand it on."""
    at: click.Context | None = ctx
    while at is not None:
        if data := at.params.get("data"):
            return str(data)
        at = at.parent
    return None


def complete_county(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Offer the roster's counties."""
    from click.shell_completion import CompletionItem

    from duzhan.dataset.completion import county_names

    return [
        CompletionItem(name, help=code)
        for code, name in _known(ctx, county_names)
        if name.startswith(incomplete) or code.startswith(incomplete)
    ]


def complete_issue(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Offer the ledger's issues, each with the beginning of its description."""
    from click.shell_completion import CompletionItem

    from duzhan.dataset.completion import issue_names

    names = _known(ctx, lambda folder: issue_names(folder, incomplete))
    return [CompletionItem(name, help=described[:30]) for name, described in names]


def complete_word(kind: str) -> Completer:
    """Offer what the rules name: milestones, tasks, assessors, methods, actions, sources, offices.

    Args:
        kind: which of these; see `duzhan.dataset.completion.rule_words`.
    """

    def complete(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from duzhan.dataset.completion import rule_words

        known = _known(ctx, lambda folder: rule_words(folder, kind))
        return [CompletionItem(name) for name in known if name.startswith(incomplete)]

    return complete


def _known(ctx: click.Context, names: Callable[[Path | None], Sequence[T]]) -> Sequence[T]:
    """What a dataset names; nothing if it cannot be read."""
    from duzhan.errors import DuzhanError

    try:
        return names(data_folder(ctx, _data_before(ctx)))
    except DuzhanError:
        return ()


class Words(click.ParamType[str]):
    """One of a few values, each also said by other words.

    Args:
        known: value to the words for it; the first is the one that is offered.
    """

    name = "word"

    def __init__(self, known: Mapping[str, Sequence[str]]) -> None:
        self._known = {value: tuple(words) for value, words in known.items()}
        self._value_of = {
            word.casefold(): value
            for value, words in self._known.items()
            for word in (value, *words)
        }

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Give the value that a word says."""
        found = self._value_of.get("".join(value.split()).casefold())
        if found is None:
            self.fail(self.allowed, param, ctx)
        return found

    @property
    def allowed(self) -> str:
        """The values, each with its word."""
        told = (
            value if words[0] == value else f"{words[0]}（{value}）"
            for value, words in self._known.items()
        )
        return f"应为 {'、'.join(told)}"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offer the words, then the values themselves."""
        from click.shell_completion import CompletionItem

        told = {words[0]: value for value, words in self._known.items()}
        told |= {value: words[0] for value, words in self._known.items()}
        return [
            CompletionItem(one, help=other)
            for one, other in told.items()
            if one.startswith(incomplete)
        ]


data_option = click.option(
    "--data",
    type=click.Path(),
    metavar="目录",
    help="数据集所在目录；不写则用环境变量 DUZHAN_DATA，再则从当前目录往上找。",
)


def _do_without_cache(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """While the command runs, look at nothing that an earlier one put aside."""
    if value:
        from duzhan.store.cache import without_cache

        ctx.with_resource(without_cache())


no_cache_option = click.option(
    "--no-cache",
    is_flag=True,
    expose_value=False,
    callback=_do_without_cache,
    help="一切重新读，不用也不写 .duzhan-cache/（同环境变量 DUZHAN_NO_CACHE=1）；结果都一样。",
)
as_of_option = click.option(
    "--as-of",
    metavar="日期",
    help="截至哪一天，如 2021-06-25；不写则为今天（按行动的时区），行动期外取最近的一天。",
)


def _county_option(*, required: bool) -> Callable[[F], F]:
    return click.option(
        "--county",
        required=required,
        metavar="县区",
        shell_complete=complete_county,
        help="县区（或其他单位）的名称、简称、代码，或只合一个的开头几个字。",
    )


county_option = _county_option(required=False)
required_county_option = _county_option(required=True)
engine_option = click.option("--engine", type=click.Choice(engines.NAMES), help=engines.ABOUT)
master_option = click.option("--master", metavar="地址", help=engines.ABOUT_MASTER)
json_option = click.option("--json", "as_json", is_flag=True, help="输出 JSON，供程序使用。")


def path_option(*names: str, metavar: str, about: str, required: bool = False) -> Callable[[F], F]:
    """An option that names a file or a folder.

    Args:
        names: the option's, and the parameter's where that is another.
        metavar: what kind of file.
        about: the help.
        required: whether it must be given.
    """
    from pathlib import Path

    return click.option(
        *names, required=required, type=click.Path(path_type=Path), metavar=metavar, help=about
    )


def output_option(metavar: str, about: str, *, required: bool = True) -> Callable[[F], F]:
    """-o: which file to write.

    Args:
        metavar: what kind of file.
        about: the help.
        required: whether nothing is shown instead.
    """
    return path_option("-o", "--output", metavar=metavar, about=about, required=required)


def word_option(
    name: str, kind: str, metavar: str, about: str, *, required: bool = False
) -> Callable[[F], F]:
    """An option whose value the rules name, offered while Tab is pressed.

    Args:
        name: the option's.
        kind: which of the rules' words; see `complete_word`.
        metavar: what it is called in help.
        about: the help.
        required: whether it must be given.
    """
    return click.option(
        name,
        required=required,
        metavar=metavar,
        shell_complete=complete_word(kind),
        help=about,
    )


def waiting_option(doing: str) -> Callable[[F], F]:
    """--lock-timeout: how long to wait for another run.

    Args:
        doing: what that one does meanwhile.
    """
    return click.option(
        "--lock-timeout",
        type=click.FloatRange(min=0),
        default=30.0,
        metavar="秒",
        help=f"另一个 duzhan {doing}时最多等多久，默认 30 秒。",
    )


def template_option(about: str) -> Callable[[F], F]:
    """--copy-template: give the office a template to change."""
    return click.option("--copy-template", is_flag=True, help=about)


def declare(name: str, *options: Option[F]) -> Callable[[F], click.Command]:
    """Declare a command with --data, the given options and --no-cache, in that order.

    Args:
        name: the command's name.
        options: click decorators, in the order in which help lists them.
    """

    def wrap(function: F) -> click.Command:
        for option in (click.pass_context, no_cache_option, data_option, *reversed(options)):
            function = option(function)
        return click.command(name, cls=ChineseCommand, epilog=examples(name))(function)

    return wrap
