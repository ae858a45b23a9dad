"""A mail server that answers as no server should; a program of its own, on the loopback.

    python rude_server.py COUNT DO

It takes mail as usual, but at the point that DO names it says something else:
endless (lines without end to EHLO), slow (a byte every 50 ms to EHLO), after the
final dot a line that is no answer (garbage), two codes in one answer (torn), a code
that says neither yes nor no (354), or a line too long (long). COUNT gets one letter a
mail whose content came whole. The first line of output is the port.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path

COUNT, DO = Path(sys.argv[1]), sys.argv[2]
AFTER = {
    "garbage": b"thank you very much\r\n",
    "torn": b"250-queued\r\n451 or not\r\n",
    "354": b"354 go on\r\n",
    "long": b"250 " + b"x" * 20_000 + b"\r\n",
}


def count_one() -> None:
    """Note a mail whose content came whole."""
    with COUNT.open("a") as count:
        count.write("x")


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One conversation."""
    writer.write(b"220 rude\r\n")
    while line := await reader.readline():
        word = line[:4].upper()
        if word == b"EHLO" and DO == "endless":
            while True:
                writer.write(b"250-more\r\n" * 10_000)
                await writer.drain()
        if word == b"EHLO" and DO == "slow":
            for byte in b"250-" + b"a" * 10_000:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.05)
        if word == b"DATA":
            writer.write(b"354 go on\r\n")
            while await reader.readline() != b".\r\n":
                pass
            count_one()
            writer.write(AFTER.get(DO, b"250 OK\r\n"))
        elif word == b"QUIT":
            writer.write(b"221 bye\r\n")
        else:
            writer.write(b"250 OK\r\n")
        await writer.drain()
    writer.close()


async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Lines that the other side drops are nothing to speak of."""
    with contextlib.suppress(OSError):
        await talk(reader, writer)


async def serve() -> None:
    """Serve until killed."""
    server = await asyncio.start_server(quietly, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
