"""Datasets whose groups have robots, the services that these speak to, and what was shown."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailing import DAY
from small import server_process, small_dataset

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
PATHS = {
    "wecom": "/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-{name}",
    "dingtalk": "/robot/send?access_token=0123456789abcdef-{name}",
    "feishu": "/open-apis/bot/v2/hook/e1b6c1f0-7f9c-4bc4-{name}",
}
KINDS = tuple(PATHS)
SECRET = "SECthis is the secret/+= of nobody"  # noqa: S105


def robot(kind: str, name: str, *, signed: bool = False) -> str:
    """A robot as groups.yaml names it; its address stands in ROBOT_NAME."""
    secret = ", secret_env: ROBOT_SECRET" if signed else ""
    return f"{{kind: {kind}, url_env: ROBOT_{name}{secret}}}"


def robot_dataset(folder: Path, groups: dict[str, str], offices: str = "") -> Path:
    """The small dataset with robots: by group id, and of the first office."""
    small_dataset(folder)
    path = folder / "groups.yaml"
    text = path.read_text("utf-8")
    for name, robots in groups.items():
        begin = text.index(f"id: {name}\n")
        at = text.index("    recipients: []\n", begin)
        text = f"{text[:at]}    robots: [{robots}]\n{text[at:]}"
    if offices:
        text = text.replace("    email:\n", f"    email:\n    robots: [{offices}]\n", 1)
    path.write_text(text, "utf-8")
    return folder


@dataclass
class Chats:
    """A service of a test's own, and what was shown there."""

    port: int
    folder: Path
    scheme: str = "http"

    def address(self, kind: str, name: str, host: str = "127.0.0.1") -> str:
        """The address of a robot there."""
        return f"{self.scheme}://{host}:{self.port}{PATHS[kind].format(name=name)}"

    def requests(self) -> list[dict[str, Any]]:
        """All requests, in the order of arrival."""
        return [json.loads(p.read_text("utf-8")) for p in sorted(self.folder.glob("*.json"))]

    def shown(self, name: str = "") -> list[str]:
        """What people in the chats saw; of one robot, if it is named."""
        return [
            told["shown"]
            for told in self.requests()
            if told["shown"] is not None
            and f"{told['path']}?{told.get('query', '')}".partition("&")[0]
            .rstrip("?")
            .endswith(name)
        ]


def robot_environment(chats: Chats, **kinds: str) -> dict[str, str]:
    """The environment of a run: each robot's address by its name, given its kind."""
    told = {f"ROBOT_{name}": chats.address(kind, name) for name, kind in kinds.items()}
    return {
        **told,
        "ROBOT_SECRET": SECRET,
        "DUZHAN_TODAY": DAY,
        "DUZHAN_ROBOT_TIMEOUT": "2",
    }


@contextmanager
def chat_services(folder: Path, *faults: dict[str, Any], **script: Any) -> Iterator[Chats]:  # noqa: ANN401
    """The services with these faults, until the block ends."""
    scheme = "https" if "cert" in script else "http"
    with server_process("robot_server.py", folder, faults, script) as port:
        yield Chats(port, folder, scheme)
