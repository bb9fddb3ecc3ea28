"""Lives through pasts in a process of its own: there are as many as processors, and none holds the pages up."""

from __future__ import annotations

import os
import pickle
import signal
import sys

from app.commands.demo.past import Order, lived


def main() -> None:
    """Orders from standard input, lives to standard output, until there are no more; who asked may be gone by then."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever ends the program ends us as well
    os.nice(5)  # pages come first
    while True:
        try:
            order: Order = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own process
        except EOFError:
            return
        try:
            pickle.dump(lived(order), sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            sys.stderr.close()
            return


if __name__ == "__main__":
    main()
