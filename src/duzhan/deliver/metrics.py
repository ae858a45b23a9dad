"""How things stand as metrics, for the textfile collector of a node exporter.

OpenMetrics text that the older text format of Prometheus reads as well: gauges only.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.deliver.checkup import last_good_run
from duzhan.model import Light
from duzhan.store.entries import now

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from duzhan.compliance.results import CountyStatus
    from duzhan.deliver.attempts import Record


@dataclass(frozen=True, slots=True)
class Gauge:
    """One metric.

    Attributes:
        name: with the unit at its end.
        help: what it means.
        samples: labels and value.
        unit: such as seconds; empty for counts.
    """

    name: str
    help: str
    samples: Sequence[tuple[Mapping[str, str], float]]
    unit: str = ""


def metrics(
    record: Record | None, statuses: Iterable[CountyStatus], zone: str, *, well: bool
) -> str:
    """Write what is known.

    Args:
        record: what was sent; None if it cannot be read.
        statuses: each county's standing.
        zone: the campaign's time zone.
        well: whether the checkup found no error.
    """
    every = list(statuses)
    gauges = [
        Gauge("duzhan_doctor_ok", "Whether the checkup found no error.", [({}, float(well))]),
        *_runs(record, zone),
    ]
    if every:
        gauges += _counties(every)
    return "".join(_written(gauge) for gauge in gauges) + "# EOF\n"


def _runs(record: Record | None, zone: str) -> list[Gauge]:
    """The age of the last good run, infinite if there was none; of each command too."""
    if record is None:
        return []
    commands = dict.fromkeys(run.command for run in record.runs)
    ages = [({"command": name}, _age(record, zone, name)) for name in commands]
    return [
        Gauge(
            "duzhan_last_good_run_age_seconds",
            "Seconds since a run last reached everybody.",
            [({}, _age(record, zone, None))],
            "seconds",
        ),
        *(
            [
                Gauge(
                    "duzhan_command_last_good_run_age_seconds",
                    "Seconds since a run of the command last reached everybody.",
                    ages,
                    "seconds",
                )
            ]
            if ages
            else []
        ),
    ]


def _age(record: Record, zone: str, command: str | None) -> float:
    last = last_good_run(record, command)
    if last is None:
        return float("inf")
    today = dt.datetime.fromisoformat(now(zone))
    return max(0.0, (today - dt.datetime.fromisoformat(last.time)).total_seconds())


def _counties(every: Sequence[CountyStatus]) -> list[Gauge]:
    counted = [(_labels(one), one.counts) for one in every if one.counts is not None]
    return [
        Gauge(
            "duzhan_light",
            "Whether a county's light is of this colour.",
            [
                ({**_labels(status), "light": light.value}, float(status.light is light))
                for status in every
                for light in Light
            ],
        ),
        Gauge(
            "duzhan_issues_open",
            "Issues that are neither claimed nor closed.",
            [(labels, counts.open) for labels, counts in counted],
        ),
        Gauge(
            "duzhan_issues_overdue",
            "Open issues past their deadline.",
            [(labels, counts.overdue) for labels, counts in counted],
        ),
        Gauge(
            "duzhan_issues_claimed",
            "Issues that wait for verification.",
            [(labels, counts.claimed) for labels, counts in counted],
        ),
    ]


def _labels(status: CountyStatus) -> dict[str, str]:
    return {"county": status.county.name, "code": status.county.code}


def _written(gauge: Gauge) -> str:
    lines = [f"# HELP {gauge.name} {gauge.help}", f"# TYPE {gauge.name} gauge"]
    lines += [f"# UNIT {gauge.name} {gauge.unit}"] if gauge.unit else []
    for labels, value in gauge.samples:
        told = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
        shown = "+Inf" if value == float("inf") else f"{value:g}" if value < 1e6 else f"{value:.0f}"
        lines.append(f"{gauge.name}{{{told}}} {shown}" if told else f"{gauge.name} {shown}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
