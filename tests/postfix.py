"""Debian's postfix as a test's own: configuration, spool and mailboxes in one folder."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MAIN = """\
compatibility_level = 3.6
queue_directory = {root}/spool
data_directory = {root}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = localhost
mydestination =
mynetworks = 127.0.0.0/8
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
virtual_mailbox_domains = example.cn
virtual_mailbox_base = {root}/mail
virtual_mailbox_maps = texthash:{root}/conf/boxes
virtual_uid_maps = static:{user}
virtual_gid_maps = static:{group}
virtual_minimum_uid = 1
virtual_transport = virtual
smtpd_recipient_restrictions = permit_mynetworks, reject
maillog_file = {root}/mail.log
maillog_file_prefixes = {root}
local_recipient_maps =
alias_maps =
alias_database =
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def postfix(addresses: Iterable[str]) -> Iterator[tuple[int, Path]]:
    """Run postfix with a mailbox (Maildir) for each address of example.cn.

    Yields:
        Its port, and the folder of the mailboxes, each named by the address's first part.
    """
    # Its processes are others' and must be able to walk in; pytest's folders are closed to them.
    root = Path(tempfile.mkdtemp(prefix="duzhan-postfix-"))
    root.chmod(0o755)
    owner = pwd.getpwnam("postfix")
    for name in ("conf", "spool", "data", "mail"):
        (root / name).mkdir()
    for name in ("data", "mail"):
        os.chown(root / name, owner.pw_uid, owner.pw_gid)
    port = free_port()
    main = _MAIN.format(root=root, user=owner.pw_uid, group=owner.pw_gid)
    (root / "conf" / "main.cf").write_text(main, "utf-8")
    (root / "conf" / "master.cf").write_text(_MASTER.format(port=port), "utf-8")
    boxes = "".join(f"{one} {one.partition('@')[0]}/\n" for one in addresses)
    (root / "conf" / "boxes").write_text(boxes, "utf-8")
    program = ["postfix", "-c", str(root / "conf")]
    try:
        subprocess.run([*program, "start"], check=True, capture_output=True, timeout=60)
        yield port, root / "mail"
    finally:
        subprocess.run([*program, "stop"], check=False, capture_output=True, timeout=60)
        shutil.rmtree(root)


def delivered(box: Path, count: int) -> list[Path]:
    """Wait until a mailbox holds so many mails; give their files."""
    for _ in range(200):
        found = sorted((box / "new").glob("*")) if (box / "new").is_dir() else []
        if len(found) >= count:
            return found
        time.sleep(0.05)
    log = (box.parent.parent / "mail.log").read_text("utf-8")
    raise AssertionError(f"{box.name} did not get {count} mails:\n{log}")
