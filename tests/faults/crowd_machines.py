"""Fifty machines in a process of their own: most are well, some hang, some talk nonsense, some hang up."""

from __future__ import annotations

import json
import logging
import random
import sys

from tests.faults.counting import CountingMachine
from tests.servers import Behaviour, Farewell, ModbusServer, registers, reset, silence


def garbage(seed: int) -> Behaviour:
    """Anything: noise instead of a frame, or a frame with noise for registers. Never the same twice."""
    chance = random.Random(seed)

    def behave(request, answer):  # type: ignore[no-untyped-def]
        if chance.random() < 0.5:
            return [chance.randbytes(chance.randint(1, 300)), Farewell.HANG_UP]
        return registers(lambda content: chance.randbytes(len(content)))(request, answer)

    return behave


def faulty(behaviour: Behaviour) -> ModbusServer:
    server = ModbusServer()
    server.rules.append((lambda request: True, behaviour))
    return server


def main() -> None:
    """Arguments: how many are well, hang, talk nonsense, hang up. Tells their ports, and serves until its input ends;
    then it tells how often each that is well was asked."""
    logging.disable(logging.CRITICAL)  # that one side was stopped for a while is no news
    well, hanging, talking, resetting = map(int, sys.argv[1:5])
    machines = [CountingMachine(seed) for seed in range(1, well + 1)]
    behaviours = [silence] * hanging + [garbage(seed) for seed in range(talking)] + [reset] * resetting
    servers = [faulty(each) for each in behaviours]
    ports = {"well": [machine.start() for machine in machines], "faulty": [server.port for server in servers]}
    print(json.dumps(ports), flush=True)
    sys.stdin.readline()
    print(json.dumps([machine.polls for machine in machines]), flush=True)
    for machine in machines:
        machine.stop()
    for server in servers:
        server.stop()


if __name__ == "__main__":
    main()
