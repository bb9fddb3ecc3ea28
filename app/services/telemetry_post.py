"""One telemetry payload over HTTP: bounded, to the chosen address and nowhere else."""

from __future__ import annotations

import requests

from app.messages import Unavailable
from app.version import __version__

CONNECT_TIMEOUT_S, ANSWER_TIMEOUT_S = 5.0, 10.0


def post(endpoint: str, body: str) -> int:
    """The status of the answer; a redirect is not followed. Raises Unavailable when there is none."""
    with requests.Session() as session:
        # the endpoint in the settings is the whole truth: neither a proxy variable nor .netrc may add to it
        session.trust_env = False
        try:
            answer = session.post(
                endpoint,
                body.encode(),
                headers={"Content-Type": "application/json", "User-Agent": f"heat-pump-monitor/{__version__}"},
                timeout=(CONNECT_TIMEOUT_S, ANSWER_TIMEOUT_S),
                allow_redirects=False,
                stream=True,  # what the receiver says besides its status is nothing to us, however long
            )
        except requests.Timeout as error:
            raise Unavailable("it did not answer in time") from error
        except requests.RequestException as error:
            raise Unavailable("it cannot be reached") from error
        return answer.status_code
