"""Templates that an office edits: what they can say, and every way to get them wrong."""

from __future__ import annotations

import datetime as dt
import resource
import sys
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from duzhan.errors import DuzhanError
from duzhan.model import Light, plain_number
from duzhan.report.templates import allowance, environment, sandbox
from duzhan.report.templates.allowance import bounded
from duzhan.report.templates.limits import TooMuchError

if TYPE_CHECKING:
    from pathlib import Path

DAY = dt.date(2021, 6, 27)


class Office:
    """Stands for an object of the results: plain values as attributes."""

    name = "州爱卫办"
    members = ("甲", "乙")


CONTEXT: dict[str, Any] = {
    "day": DAY,
    "counties": ["富宁县", "广南县"],
    "office": Office(),
    "figures": {"总数": 94},
    "score": Fraction(1699, 2),
}


def made(root: Path, text: str | bytes, name: str = "页.md.j2") -> str:
    write(root, text, name)
    return environment.render(name, CONTEXT, root)


def write(root: Path, text: str | bytes, name: str) -> None:
    (root / "templates").mkdir(exist_ok=True)
    data = text.encode() if isinstance(text, str) else text
    (root / "templates" / name).write_bytes(data)


def fault(root: Path, text: str | bytes, name: str = "页.md.j2") -> str:
    with pytest.raises(DuzhanError) as error:
        made(root, text, name)
    assert error.value.exit_code == 1
    (line,) = error.value.lines
    return line


# ---------------------------------------------------------------- what they can say


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("截至{{ day|month_day }}24时", "截至6月27日24时"),
        ("{{ day|full_date }} {{ day|week_id }}", "2021年6月27日 2021-W25"),
        ("{{ score|points }} {{ score }}", "849.5 849.5"),
        ("{{ counties|join('、') }}", "富宁县、广南县"),
        ("{{ counties|listed(1) }}", "富宁县等2个"),
        ("{{ counties|listed }}", "富宁县、广南县"),
        ("{{ 12|numeral }}{{ 20|numeral }}{{ 7|numeral }}{{ 99|numeral }}", "十二二十七九十九"),
        ("{{ none }}{{ true }}{{ day }}", "—是2021-06-27"),
        ("{{ office.name ~ '：' ~ office.members|length }}", "州爱卫办：2"),
        ("{{ '[a|b]'|cell }}", r"\[a\|b\]"),
        ("{{ '富宁'|fill(6) }}|", "富宁  |"),
        ("{{ text_table(['县', '件'], [['富宁县', 5], ['文山', 12]], 'lr') }}", None),
        ("{% for c in counties %}{{ loop.index }}{{ c }}{% endfor %}", "1富宁县2广南县"),
        ("{% for c in counties if loop is defined %}{% endfor %}{{ '%.1f' % 2.25 }}", "2.2"),
        ("{% for c in counties %}{% if loop.last %}{{ loop.length }}{% endif %}{% endfor %}", "2"),
    ],
)
def test_a_template_says_figures_dates_and_lists(
    dataset: Path, text: str, expected: str | None
) -> None:
    table = "县      件\n------  --\n富宁县   5\n文山    12"
    assert made(dataset, text) == (expected or table)


def test_html_is_escaped_and_markdown_is_not(dataset: Path) -> None:
    text = "{{ '<b>' ~ '&' }}"

    assert made(dataset, text, "页.html.j2") == "&lt;b&gt;&amp;"
    assert made(dataset, text) == "<b>&"


def test_the_offices_own_template_goes_before_the_programs_and_a_change_shows_at_once(
    dataset: Path,
) -> None:
    assert made(dataset, "一") == "一"
    assert made(dataset, "第二稿") == "第二稿"
    assert made(dataset, "\ufeff有 BOM") == "有 BOM"


def test_templates_include_each_other(dataset: Path) -> None:
    write(dataset, "{% macro 县(名) %}[{{ 名 }}]{% endmacro %}", "宏.md.j2")
    write(dataset, "落款：{{ office.name }}", "落款.md.j2")

    text = "{% import '宏.md.j2' as 宏 %}{{ 宏.县('富宁县') }}{% include '落款.md.j2' %}"
    assert made(dataset, text) == "[富宁县]落款：州爱卫办"


# ---------------------------------------------------------------- mistakes

MISTAKES = [
    ("一\n{% if day %}", "第2行：“if”没有结束"),
    ("一\n{{ day", "第2行：没有写完"),
    ("一\n二\n{% 如果 day %}{% endif %}", "第3行：没有“如果”这个标签"),
    ("{{ day|foo }}", "第1行：没有“foo”这个过滤器"),
    ("{{ day is foo }}", "第1行：没有“foo”这个判断"),
    ("\n\n{{ day ｜ full_date }}", "第3行：不认识的符号“｜”，代码里的标点要用半角"),
    ("{{ day|full_date ) }}", "第1行：“)”写在这里不对"),
    ("{% for c in counties }}{% endfor %}", "第1行：“}”写在这里不对"),
    ("一\n{{ countys }}", "第2行：没有“countys”这个变量，是否为“counties”？"),
    ("{% for c in nothing %}{% endfor %}", "第1行：没有“nothing”这个变量"),
    ("{% if zzz == 1 %}{% endif %}", "第1行：没有“zzz”这个变量"),
    ("{{ office.nam }}", "第1行：Office 没有“nam”这一项，是否为“name”？"),
    ("{{ figures.总 }}", "第1行：这组值没有“总”这一项"),
    ("{{ counties[5] }}", "第1行：这个列表没有“5”这一项"),
    ("{{ office }}", "第1行：这里算不出来（TypeError：Office 不能直接写出，请写出它的某一项）"),
    ("{{ 1 / 0 }}", "第1行：除数为 0"),
    ("{{ day|percent }}", "第1行：这里算不出来（AttributeError：'datetime.date' object"),
    ("一\n{% include '没有.md.j2' %}", "第2行：找不到所引用的模板“没有.md.j2”"),
    ("{{ counties|sum }}", "第1行：这里算不出来（TypeError：sum 只能加数字）"),
]


@pytest.mark.parametrize(("text", "expected"), MISTAKES)
def test_a_mistake_is_one_line_with_file_and_line(dataset: Path, text: str, expected: str) -> None:
    assert fault(dataset, text).startswith(f"模板 templates/页.md.j2 {expected}")


def test_a_mistake_is_named_where_it_is_not_where_it_was_included(dataset: Path) -> None:
    write(dataset, "{% macro 表(x) %}\n\n{{ x.没有 }}{% endmacro %}", "宏.md.j2")
    write(dataset, "一\n{% endif %}", "坏.md.j2")

    line = fault(dataset, "{% from '宏.md.j2' import 表 %}\n{{ 表(office) }}")
    assert line == "模板 templates/宏.md.j2 第3行：Office 没有“没有”这一项"
    line = fault(dataset, "{% include '坏.md.j2' %}")
    assert line.startswith("模板 templates/坏.md.j2 第2行：")


def test_a_template_in_another_encoding_is_named_with_its_line(dataset: Path) -> None:
    line = fault(dataset, "abc\n督战\n".encode("gb18030"))

    assert line == "模板 templates/页.md.j2 第2行：不是 UTF-8 编码，请在编辑器里另存为 UTF-8"


# ---------------------------------------------------------------- what has no end

ENDLESS = [
    "{% for a in range(9**9) %}{% endfor %}",
    "{% for a in range(200000) %}{% for b in range(200000) %}{% endfor %}{% endfor %}",
    (
        "{% set r = range(99999)|list %}{% for a in r %}{% for b in r %}{% set c = a %}{% endfor %}"
        "{% endfor %}"
    ),
    "{% for a in range(200000) %}{% for b in range(200000) %}督战督战{% endfor %}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(90) }}",
    "{% include '页.md.j2' %}",
    "{% extends '页.md.j2' %}",
    "{% import '页.md.j2' as p %}",
    "{{ 'x' * 10**9 }}",
    "{{ 10**9 * 'x' }}",
    "{{ ['x'] * 10**9 }}",
    "{{ 'x'|center(10**9) }}",
    "{{ 'x'|center(1000000000) }}",
    "{{ 'x'.center(10**9) }}",
    "{{ 'x'.ljust(10**9) }}",
    "{{ 'x'.zfill(10**9) }}",
    "{{ '%999999999d' % 1 }}",
    "{{ '%999999999d'|format(1) }}",
    "{{ '%*d' % (10**9, 1) }}",
    "{{ '{:999999999}'.format(1) }}",
    "{{ 9**9**9 }}",
    "{{ 99**99**99 }}",
    "{{ (10**60) * (10**60) }}",
    "{{ 'x'|fill(10**9)|fill(10**9) * 10**7 }}",
    "{{ 'x'|indent(10**9) }}",
    "{{ lipsum(n=10**9) }}",
    "{{ ('x' * 10**6)|replace('x', 'y' * 10**6) }}",
    "{{ ('x' * 10**6)|replace('', 'y' * 10**6) }}",
    "{{ (['x' * 10**6] * 10**5)|join }}",
    "{{ (['x'] * 10**5)|join('y' * 10**6) }}",
    "{{ 1.5|round(10**9) }}",
    "{{ ([[1] * 10**5] * 10**5)|sum(start=[]) }}",
    "{{ ['x' * 10**6] * 10**5 }}",
    "{{ (['x' * 10**6] * 10**5)|string }}",
    "{{ (['x' * 10**6] * 10**5)|upper|length }}",
    "{{ ((['x' * 10**6] * 10**5) ~ '')|length }}",
    "{{ ('%s' % [['x' * 10**6] * 10**5])|length }}",
    "{{ ('%s' % (['x' * 10**6] * 10**5, ))|length }}",
    "{{ '%s'|format(['x' * 10**6] * 10**5)|length }}",
    "{{ (['x' * 10**6] * 10**5)|cell|length }}",
    "{{ [['x' * 10**6] * 10**5]|listed|length }}",
    "{{ (['x' * 10**6] * 10**5)|replace('x', '')|length }}",
    "{% set n = namespace(t='xx') %}{% for i in range(99) %}{% set n.t = n.t ~ n.t %}{% endfor %}",
    "{% set n = namespace(t='xx') %}{% for i in range(99) %}{% set n.t = n.t + n.t %}{% endfor %}",
    "{% set n = namespace(t=['x']) %}{% for i in range(99) %}{% set n.t = n.t + n.t %}{% endfor %}",
    (
        "{% set n = namespace(t='xx') %}{% for i in range(99) %}"
        "{% set n.t %}{{ n.t }}{{ n.t }}{% endset %}{% endfor %}"
    ),
    "{% set r = range(99999)|list %}{% for a in r recursive %}{{ loop(r) }}{% endfor %}",
]


@pytest.mark.parametrize("text", ENDLESS)
def test_what_has_no_end_is_ended(
    dataset: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "SECONDS", 0.2)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    line = fault(dataset, f"一\n{text}")

    assert line.startswith("模板 templates/页.md.j2 第2行：")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    assert grown < 300_000  # KiB


def test_an_endless_loop_ends_within_seconds(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sandbox.SECONDS == 3
    monkeypatch.setattr(sandbox, "SECONDS", 1.0)
    text = "{% set r = range(99999) %}{% for a in r %}{% for b in r %}{% endfor %}{% endfor %}"
    begin = time.thread_time()

    line = fault(dataset, f"一\n{text}")

    assert line == "模板 templates/页.md.j2 第2行：1秒还没有算完，请检查循环"
    assert 1 <= time.thread_time() - begin < 4


# ---------------------------------------------------------------- what they cannot reach

OUTSIDE = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ office.__init__.__globals__ }}",
    "{{ office['__class__'] }}",
    "{{ office|attr('__class__') }}",
    "{{ [office]|map(attribute='__class__')|list|first }}",
    "{{ [office]|sum('__class__') }}",
    "{{ [office]|join('', '__class__') }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ range.__class__ }}",
    "{{ '{0.__class__}'.format(office) }}",
    "{{ '{0.__class__}'|format(office) ~ open('/etc/passwd') }}",
    "{{ counties.append('x') }}",
    "{{ figures.update({'a': 1}) }}",
    "{{ day.today() }}",
    "{{ day.replace(year=1) }}",
    "{% include '/etc/passwd' %}",
    "{% include '../groups.yaml' %}",
    "{% include '..\\\\groups.yaml' %}",
    "{% include './页.md.j2' %}",
    "{% include '连接.md.j2' %}",
    "{% include '管道.md.j2' %}",
    "{% import 'os' as os %}",
    "{{ counties|random }}",
]


@pytest.mark.parametrize("text", OUTSIDE)
def test_a_template_reaches_no_file_and_nothing_of_the_programs_insides(
    dataset: Path, text: str
) -> None:
    import os

    (dataset / "templates").mkdir()
    (dataset / "templates" / "连接.md.j2").symlink_to("/etc/passwd")
    os.mkfifo(dataset / "templates" / "管道.md.j2")

    line = fault(dataset, f"一\n{text}")

    assert line.startswith(
        ("模板 templates/页.md.j2 第2行：", "模板 templates/管道.md.j2 读不出来")
    )
    assert "root:" not in line
    assert CONTEXT["counties"] == ["富宁县", "广南县"]


def test_points_are_written_as_json_writes_them() -> None:
    assert plain_number(Fraction(1699, 2)) == 849.5
    assert environment.environment(None).filters["light"](Light.RED) == "■红"


@pytest.mark.skipif(sys.platform != "linux", reason="no such limits")
def test_what_the_sandbox_cannot_see_ends_all_the_same(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work() -> None:
        with bounded(seconds=0.1):
            while True:
                sorted(range(10_000))

    with pytest.raises(TooMuchError, match="秒还没有算完"):
        work()
    monkeypatch.setattr(allowance, "BYTES", 64 << 20)
    text = (
        "{% set ns = namespace(all=[]) %}{% for i in range(40) %}"
        "{% set ns.all = ns.all + ['字' * 2000000] %}{% endfor %}"
    )
    assert "占用的内存太多" in fault(dataset, text)
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY
    assert made(dataset, "{{ 1 + 1 }}") == "2"
