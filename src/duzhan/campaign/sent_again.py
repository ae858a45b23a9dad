"""Lists that were sent before, byte for byte, into a dataset that is what it was: not read again.

Of an import that left nothing over, what the same call would tell next is put aside with the
state that it left behind. The same files get that answer as long as the state lasts.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any, cast

from duzhan.files import digest
from duzhan.register.import_state import ImportState, state_now
from duzhan.store.program import program

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duzhan.campaign.changing import Workplace
    from duzhan.campaign.importing import Wanted
    from duzhan.store.cache import Plain

_NAME = "imports"
# As many calls are remembered; all counties of a prefecture send several lists.
_KEPT = 64


class SentBefore:
    """One call of `import`, and what the same one told before.

    Args:
        place: the dataset.
        paths: the files.
        wanted: how they are taken in.
        form: of the answer.
    """

    def __init__(
        self, place: Workplace, paths: Sequence[Path], wanted: Wanted, *, form: str
    ) -> None:
        self._place = place
        self._paths = paths
        self._asked = (form, repr(wanted), place.terms.today.isoformat())
        self._cache = None if wanted.dry_run else place.dataset.cache
        self._call = self._told()

    def answer(self) -> Plain:
        """What it told, if nothing has changed since; None if that has to be found out."""
        known = self._known().get(self._call or "")
        if known is None:
            return None
        try:
            listed, registers, written, answer = known
            state = ImportState(listed, registers, written)
            with self._place.hold():
                # Whoever changes anything holds the dataset too.
                return cast("Plain", answer) if self._now(state) == state else None
        except (TypeError, ValueError):
            return None

    def keep(self, state: ImportState, answer: Plain) -> None:
        """Put aside what the same call tells in a state."""
        # A file may have changed while it was read.
        if self._cache is None or not self._call or self._call != self._told():
            return
        told = state.listed, state.registers, dict(state.written), answer
        kept = {**self._known(), self._call: told}
        self._cache.put(_NAME, "", dict(list(kept.items())[-_KEPT:]))

    def _now(self, state: ImportState) -> ImportState | None:
        return state_now(self._place.dataset, state.written)

    def _known(self) -> dict[str, Any]:
        found = self._cache.get(_NAME, "") if self._cache and self._call else None
        return found if isinstance(found, dict) else {}

    def _told(self) -> str | None:
        """Digest over all that was asked for; None if it cannot be told."""
        made_by = program(whole=True) if self._cache else None
        if made_by is None:
            return None
        whole = hashlib.sha256("\0".join((made_by, *self._asked)).encode())
        for path in self._paths:
            content = digest(path)
            if not content:
                return None
            whole.update(b"%b\0%b\0" % (os.fsencode(path), content.encode()))
        return whole.hexdigest()
