"""The driver for Viessmann's cloud: one call brings everything about one heat pump, another sets one value."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from drivers import limits
from drivers.base import Answer, Cloud, Sample
from drivers.errors import BadAnswer, DriverError, OutOfRange, Refused
from drivers.sensor import Sensor
from drivers.viessmann_account import Account
from drivers.viessmann_commands import command_for, feature_of
from drivers.viessmann_features import Features, features_in, sample
from drivers.wire import encoded

SAME_LOOK_S = 10.0
"""What was read so short a time ago is not asked for again: a test of the connection needs one call, not two."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Found:
    """A machine of an account; `heats` when the maker calls it a heat pump."""

    installation: str
    gateway: str
    machine: str
    title: str
    status: str
    heats: bool


class Viessmann:
    """One heat pump of an account. Threads take turns. `clock` gives monotonic seconds.

    `for_owner` when somebody waits for the answers: they may use the calls that polls leave over.
    """

    def __init__(
        self, account: Account, place: Cloud, timeout_s: float, clock: Callable[[], float], for_owner: bool = False
    ) -> None:
        self._account = account
        self._place = place
        self._timeout_s = timeout_s
        self._clock = clock
        self._turn = threading.Lock()
        self._seen: Features | None = None
        self._seen_at = 0.0
        self._for_owner = for_owner

    def read(self, sensors: Sequence[Sensor]) -> Answer:
        """Read these sensors with one call, or none when another has just brought them.

        Raises Unreachable, Refused or BadAnswer, and then nothing of this read is kept.
        """
        started = perf_counter()
        with self._turn:
            asked = self._seen is None or self._clock() - self._seen_at > SAME_LOOK_S
            if self._seen is None or asked:
                self._seen = None
                answer = self._account.ask("GET", f"{self._path()}/", self._timeout_s, for_owner=self._for_owner)
                self._seen, self._seen_at = features_in(answer, self._account.api), self._clock()
            features = self._seen
        samples: dict[str, Sample] = {}
        problems: dict[str, DriverError] = {}
        for sensor in sensors:
            samples[sensor.id], problem = sample(sensor, features)
            if problem is not None:
                problems[sensor.id] = problem
        return Answer(samples, problems, perf_counter() - started, int(asked))

    def write(self, sensor: Sensor, value: float | int | str) -> None:
        """Check the catalogue's limits, then those that the machine states now, then send the command, once.

        Two calls. That the cloud took it says nothing yet about the machine: that is for a later read.
        """
        limits.check(sensor, value)
        if sensor.write is None or not (sensor.write.command or sensor.write.commands):
            raise OutOfRange("%(sensor)s cannot be written", sensor=sensor.id)
        with self._turn:
            self._seen = None
            answer = self._account.ask("GET", f"{self._path()}/", self._timeout_s, for_owner=True)
            feature = features_in(answer, self._account.api).get(feature_of(sensor))
            if feature is None or feature.get("isEnabled") is False:
                raise Refused(
                    "%(sensor)s: this heat pump has no feature %(feature)s",
                    sensor=sensor.id,
                    feature=feature_of(sensor),
                )
            command = command_for(sensor, str(encoded(sensor, value)), feature)
            path = f"{self._path()}/{feature_of(sensor)}/commands/{command.name}"
            self._send(sensor, value, path, dict(command.content))

    def close(self) -> None:
        """Nothing stays open between two reads."""

    def _send(self, sensor: Sensor, value: object, path: str, content: dict[str, Any]) -> None:
        try:
            answer = self._account.ask("POST", path, self._timeout_s, content, for_owner=True)
        except BadAnswer as failure:
            status = failure.facts.get("status")
            if not (isinstance(status, int) and 400 <= status < 500):
                raise
            raise _denied(sensor, value, failure.facts.get("kind")) from failure
        result = answer.get("data")
        if isinstance(result, dict) and result.get("success") is False:
            raise _denied(sensor, value, result.get("reason"))

    def _path(self) -> str:
        place = self._place
        return f"/features/installations/{place.installation}/gateways/{place.gateway}/devices/{place.machine}/features"


def machines(account: Account, timeout_s: float) -> list[Found]:
    """The heating machines of this account, heat pumps first. One call. Raises like `Account.ask`."""
    answer = account.ask("GET", "/equipment/installations?includeGateways=true", timeout_s, for_owner=True)
    try:
        found = [
            _found(installation, gateway, machine)
            for installation in answer["data"]
            for gateway in installation.get("gateways") or ()
            for machine in gateway.get("devices") or ()
            if machine.get("deviceType") == "heating"
        ]
    except (TypeError, AttributeError, LookupError) as error:
        raise BadAnswer("%(address)s answers what is no list of installations", address=account.api) from error
    return sorted((each for each in found if each is not None), key=lambda each: not each.heats)


def is_id(text: str) -> bool:
    """Whether it can stand in the path of a request and nothing else can come in with it."""
    return bool(_ID.fullmatch(text))


def _found(installation: Any, gateway: Any, machine: Any) -> Found | None:
    place = str(installation["id"]), str(gateway["serial"]), str(machine["id"])
    if not all(map(is_id, place)):
        return None
    roles = machine.get("roles") or ()
    title = str(machine.get("modelId") or machine["id"])[:80]
    return Found(*place, title, str(machine.get("status") or "")[:40], "type:heatpump" in roles)


def _denied(sensor: Sensor, value: object, reason: object) -> Refused:
    return Refused(
        "%(sensor)s: the cloud refuses %(value)s (%(reason)s)",
        sensor=sensor.id,
        value=value,
        reason=str(reason or "–")[:80],
    )
