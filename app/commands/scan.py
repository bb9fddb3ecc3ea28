"""`scan`: look for heat pumps in the home network."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from ipaddress import IPv4Address
from typing import Any

import click

from app.services import networks
from drivers.catalogue import Catalogue
from drivers.discovered import Found
from drivers.scan import PORTS, scan


@click.command("scan")
@click.argument("network", metavar="NETWORK")
@click.option(
    "--port",
    "ports",
    multiple=True,
    type=click.IntRange(1, 65535),
    help=f"Look at this port; may be repeated. [default: {', '.join(map(str, PORTS))}]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def scan_network(network: str, ports: tuple[int, ...], as_json: bool) -> None:
    """Look for heat pumps at all addresses of a private network.

    Only reads, never writes, and asks no machine for more than it takes to know it. Only private networks
    (10.x, 172.16-31.x, 192.168.x, 169.254.x, 127.x) are searched. Exit code 1 when no heat pump is found.

    \b
    python run.py scan 192.168.1.0/24
    """
    logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)  # what others answer is told in our words
    hosts = networks.searched(network)
    chosen = ports or PORTS
    if not as_json:
        click.echo(f"Looking at {len(hosts)} addresses, ports {', '.join(map(str, chosen))}. Only reads, never writes.")
    started = time.monotonic()
    places = [(host, port) for port in chosen for host in hosts]
    heard = sorted(
        (each for each in scan(places, tuple(Catalogue())) if each.says not in ("nobody", "closed")), key=_place
    )
    seconds = time.monotonic() - started
    if as_json:
        click.echo(json.dumps(_json(hosts, chosen, heard, seconds), ensure_ascii=False))
    else:
        _print_table(hosts, heard, seconds)
    if not any(each.model for each in heard):
        raise SystemExit(1)


def _place(found: Found) -> tuple[IPv4Address, int]:
    return IPv4Address(found.host), found.port


def _json(hosts: Sequence[str], ports: Sequence[int], heard: Sequence[Found], seconds: float) -> dict[str, Any]:
    return {
        "addresses": len(hosts),
        "ports": list(ports),
        "seconds": round(seconds, 3),
        "found": [
            {
                "host": each.host,
                "port": each.port,
                "says": each.says,
                "protocol": each.protocol,
                "manufacturer": each.model.manufacturer if each.model else None,
                "model": each.model.id if each.model else None,
                "alike": [model.name for model in each.alike],
                "unit_id": each.unit_id,
                "framing": each.framing,
                "machine": each.machine or None,
            }
            for each in heard
        ],
    }


def _print_table(hosts: Sequence[str], heard: Sequence[Found], seconds: float) -> None:
    for each in heard:
        click.echo(f"{f'{each.host}:{each.port}':<21}  {_called(each)}")
    known = sum(each.model is not None for each in heard)
    click.echo(f"{known} heat pumps at {len(hosts)} addresses, in {seconds:.1f} s")


def _called(found: Found) -> str:
    if found.model is not None:
        unit = "" if found.unit_id is None else f", unit {found.unit_id}"
        own = f", {found.machine}" if found.machine else ""
        alike = "".join(f", or {model.name}" for model in found.alike)
        return f"{found.model.name} ({found.model.title}{unit}{own}){alike}"
    return {
        "other": f"{found.machine}: no model of it here",
        "unknown": f"speaks {found.protocol}, but is no machine of the catalogue",
        "silent": "takes the connection, and says nothing that could be understood",
        "foreign": "answers, but in none of our protocols",
    }[found.says]
