"""Grows a forest in a process of its own that ends: scikit-learn would stay in this one's memory for good (80 MB)."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO

import numpy as np

from app.analysis.detector.forest import Forest, grow
from app.analysis.detector.recording import Floats

ROOT = Path(__file__).parents[2]
LOOK_S = 0.5


class Broken(Exception):
    """The process ended before the forest was there."""


def grown_elsewhere(rows: Floats, going: Callable[[], bool] = lambda: True) -> Forest:
    """`going` is asked again and again whether to go on. Raises Broken."""
    with subprocess.Popen(
        [sys.executable, "-m", __name__], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        # communicate() forgets what it has not sent by the first time-out, and a process takes long to begin
        sending = threading.Thread(target=_send, args=(process.stdin, _packed({"rows": rows})), name="sending-rows")
        process.stdin = None
        sending.start()
        while True:
            try:
                answer, _ = process.communicate(timeout=LOOK_S)
                break
            except subprocess.TimeoutExpired:
                if not going():
                    process.kill()
        sending.join()
    if process.returncode != 0:
        raise Broken
    with np.load(io.BytesIO(answer), allow_pickle=False) as arrays:
        parts = {name: arrays[name] for name in arrays.files}
    return Forest(**{**parts, "usual": float(parts["usual"])})


def _send(place: IO[bytes] | None, content: bytes) -> None:
    assert place is not None
    with suppress(BrokenPipeError), place:  # it was killed
        place.write(content)


def _packed(arrays: dict[str, Floats]) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def main() -> None:
    """Rows from standard input, their forest to standard output; who asked may be gone by then."""
    with np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False) as arrays:
        rows = arrays["rows"]
    try:
        sys.stdout.buffer.write(_packed(asdict(grow(rows))))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        sys.stderr.close()


if __name__ == "__main__":
    main()
