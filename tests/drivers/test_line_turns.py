"""Who waits for a turn behind units that hang is told so, and not for ever."""

from __future__ import annotations

import threading
import time

import pytest

from drivers.errors import Unreachable
from drivers.modbus_line import Line
from tests.servers import LOOPBACK, silent_port


def test_a_request_gives_up_when_others_hold_the_line_too_long() -> None:
    with silent_port() as port:
        line = Line(LOOPBACK, port)

        def hang() -> None:
            with pytest.raises(Unreachable, match="nobody answers"):
                line.read("holding", 0, 1, 1, 4.0)

        holder = threading.Thread(target=hang)
        holder.start()
        time.sleep(0.2)
        with pytest.raises(Unreachable, match="busy with other requests"):
            line.read("holding", 0, 1, 2, 0.2)
        assert holder.is_alive(), "it waited until the line was free"
        holder.join()
        line.close()
