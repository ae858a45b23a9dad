"""The machines that can count: a table in memory, or an engine that outgrows one machine's memory.

Only in this package has an engine a name. Everything else works on frames of
narwhals, whose expressions mean the same on each of them; what an engine itself
complains of leaves here as one clear line. This file loads nothing.
"""

from typing import NamedTuple

DUCKDB, SPARK = "duckdb", "spark"
NAMES = (DUCKDB, SPARK)

# What `--help` says of them.
ABOUT = (
    f"用哪种引擎计数：{DUCKDB}（一台机器，台账可以比内存大），{SPARK}（多台机器）；"
    "不写则在内存里直接算。结果都一样。"
)
ABOUT_MASTER = f"{SPARK} 集群的地址，如 spark://主机:7077 或 sc://主机:15002；不写则在本机起一个。"


class Engine(NamedTuple):
    """What counts.

    Attributes:
        name: one of NAMES; None for tables in memory.
        master: the address of a cluster, for the engine that has them.
    """

    name: str | None = None
    master: str | None = None


IN_MEMORY = Engine()
