"""What is too large to be received is refused by the application, in the reader's language, and not by the server."""

from __future__ import annotations

from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, Task, WSGITask
from waitress.utilities import RequestEntityTooLarge


def refusal(channel: HTTPChannel, request: Any) -> Task:
    """What answers a request that the web server could not take."""
    return (TooLarge if isinstance(request.error, RequestEntityTooLarge) else ErrorTask)(channel, request)


class TooLarge(WSGITask):  # type: ignore[misc]
    """The application takes still less than the server, so it says no by the length alone; the rest is not read."""

    def execute(self) -> None:
        self.set_close_on_finish()
        super().execute()

    def get_environment(self) -> dict[str, Any]:
        environment: dict[str, Any] = super().get_environment()
        # what comes in pieces says no length of its own
        return environment | {"CONTENT_LENGTH": str(self.channel.adj.max_request_body_size + 1)}
