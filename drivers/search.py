"""One search for heat pumps at a time, in a thread of its own; everybody may look at how far it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from drivers import tcp
from drivers.discovered import Found
from drivers.model import Model
from drivers.scan import Place, scan

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """A heat pump that is in the list already: it is not disturbed."""

    heatpump_id: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is. `found` are those who answered something, by address; times in UTC seconds."""

    network: str
    places: int
    done: int
    begun: int
    ended: int | None = None
    found: tuple[Found, ...] = ()
    known: tuple[Known, ...] = ()
    complete: bool = True
    """False for a search that was given up because the program ended, or because of a failure of ours."""

    @property
    def running(self) -> bool:
        return self.ended is None


class Search:
    """Looks for heat pumps when it is told to; `ending` gives up. `clock` gives UTC seconds."""

    def __init__(self, clock: Callable[[], float], ending: threading.Event) -> None:
        self._clock = clock
        self._ending = ending
        self._turn = threading.Lock()
        self._progress: Progress | None = None
        self._thread: threading.Thread | None = None

    @property
    def progress(self) -> Progress | None:
        """Of the search that runs, else of the last one; None when there was none."""
        return self._progress

    def begin(self, network: str, places: Sequence[Place], models: Sequence[Model], known: Sequence[Known]) -> bool:
        """Look at these places; False when a search is running already."""
        with self._turn:
            if self._progress is not None and self._progress.running:
                return False
            self._progress = Progress(network, len(places), 0, int(self._clock()))
            self._thread = threading.Thread(
                target=self._run, args=(list(places), models, known), name="search", daemon=True
            )
            self._thread.start()
        return True

    def wait(self, timeout_s: float) -> bool:
        """False when it still runs after so many seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout_s)
        return thread is None or not thread.is_alive()

    def _run(self, places: Sequence[Place], models: Sequence[Model], known: Sequence[Known]) -> None:
        complete = False
        try:
            here = _addresses(known)
            met = {place: here[place] for place in places if place in here}
            self._note(done=len(met), known=tuple(met.values()))
            for found in scan((each for each in places if each not in met), models, ended=self._ending.is_set):
                self._heard(found)
            complete = not self._ending.is_set()
        except Exception:  # the edge of a thread: the page shall not wait for ever
            log.exception("the search for heat pumps failed")
        finally:
            self._note(ended=int(self._clock()), complete=complete)

    def _heard(self, found: Found) -> None:
        progress = self._progress
        assert progress is not None, "a search has begun"
        heard = progress.found
        if found.says not in ("nobody", "closed"):
            heard = tuple(sorted((*heard, found), key=lambda each: (IPv4Address(each.host), each.port)))
        self._note(done=progress.done + 1, found=heard)

    def _note(self, **changes: object) -> None:
        assert self._progress is not None, "a search has begun"
        self._progress = replace(self._progress, **changes)  # type: ignore[arg-type]


def _addresses(known: Sequence[Known]) -> dict[Place, Known]:
    """Where the heat pumps of the list are; those called by a name may have several addresses."""
    return {(address, each.port): each for each in known for address in tcp.addresses(each.host)}
