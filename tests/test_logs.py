"""What the log has no room for."""

from __future__ import annotations

import subprocess
import sys

SPEAK = """
import logging
from app import logs
logs.set_up()
logging.getLogger("waitress.queue").warning("Task queue depth is 1")
logging.getLogger("flask_wtf.csrf").info("The CSRF token is missing.")
logging.getLogger("app.polling").info("kept")
"""


def test_what_strangers_can_repeat_at_will_is_not_written() -> None:
    spoken = subprocess.run([sys.executable, "-c", SPEAK], capture_output=True, text=True, check=True)
    assert spoken.stderr.splitlines()[0].endswith("app.polling: kept")
