"""One simulated machine of every model, in a process of its own: what it needs is no part of what is measured."""

from __future__ import annotations

import json
import sys

from drivers.catalogue import Catalogue
from drivers.simulators.plant import Plant
from drivers.simulators.simulator import simulator_of


def main() -> None:
    """Arguments: since when the plants live (UTC seconds), and how fast. Serves until its standard input ends."""
    since, speed = float(sys.argv[1]), float(sys.argv[2])
    models = list(Catalogue())
    simulators = {
        model.name: simulator_of(model, model.default_options(), Plant(number, start=since), speed=speed)
        for number, model in enumerate(models, 1)
    }
    print(json.dumps({name: simulator.start() for name, simulator in simulators.items()}), flush=True)
    sys.stdin.read()
    for simulator in simulators.values():
        simulator.stop()


if __name__ == "__main__":
    main()
