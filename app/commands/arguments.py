"""What the commands have in common: models, addresses, options and the data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app.config import FOLDER_VARIABLE, Config, load
from app.folder import Folder
from app.messages import Invalid
from app.services import config_heatpumps
from app.system import System, assemble
from drivers.base import simulated_place
from drivers.catalogue import Catalogue
from drivers.errors import OutOfRange
from drivers.model import Model

DATA_FOLDER = Path(__file__).parents[2] / "data"

data_option = click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=DATA_FOLDER,
    envvar=FOLDER_VARIABLE,
    help="Folder for database, settings and keys. [default: data/ beside run.py]",
)
parts_option = click.option(
    "--option",
    "parts",
    multiple=True,
    metavar="NAME=PART,PART",
    help="What is fitted, such as circuits=A,B or zones=1,2. Repeatable.",
)


connection_option = click.option(
    "--connection",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="Another setting of the connection that the model knows, such as circuit=hmu. Repeatable.",
)


def model_named(name: str) -> Model:
    """Raises Invalid listing the known models."""
    catalogue = Catalogue()
    model = catalogue.named(name)
    if model is None:
        known = ", ".join(each.name for each in catalogue)
        raise Invalid("model", "%(name)s is not in the catalogue; known are %(known)s", name=name, known=known)
    return model


def address_parts(address: str, default_port: int) -> tuple[str, int]:
    """host and port of host[:port] or [ipv6]:port. Raises Invalid."""
    host, _, port = address.rpartition(":") if address.count(":") == 1 or "]:" in address else (address, "", "")
    if not host.strip("[]"):
        raise Invalid("address", "%(address)s has no host; write it as 192.168.1.100:502", address=address)
    if port == "" and not address.endswith(":"):
        return host.strip("[]"), default_port
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise Invalid("address", "%(address)s: the port is not one of 1..65535", address=address)
    return host.strip("[]"), int(port)


def connection_given(model: Model, address: str, given: tuple[str, ...], **further: Any) -> dict[str, Any]:
    """What was said of the connection, not checked yet: the address, NAME=VALUE, and what is not None of `further`.

    Raises Invalid.
    """
    place = _cloud_place(address) if model.connection.is_cloud else _host_and_port(model, address)
    pairs = [text.partition("=") for text in given]
    said = {name: _setting(name, value) if equals else None for name, equals, value in pairs}
    said |= {name: value for name, value in further.items() if value is not None}
    for name, value in said.items():
        if name not in model.connection.fields or value is None:
            raise Invalid(
                "connection",
                "%(text)s: settings of %(model)s are %(known)s",
                text=name if value is None else f"{name}={value}",
                model=model.name,
                known=", ".join(model.connection.fields),
            )
    return {**place, **said}


def _host_and_port(model: Model, address: str) -> dict[str, Any]:
    host, port = address_parts(address, model.connection.port or 0)
    return {"host": host, "port": port}


def _cloud_place(address: str) -> dict[str, Any]:
    """INSTALLATION/GATEWAY/MACHINE, as `sign-in` lists them, or HOST:PORT of a simulated cloud. Raises Invalid."""
    parts = address.split("/")
    if len(parts) == 1 and ":" in address:
        return simulated_place(*address_parts(address, 0))
    if len(parts) != 3:
        raise Invalid(
            "address", "%(address)s is not INSTALLATION/GATEWAY/MACHINE, as sign-in lists them", address=address
        )
    return dict(zip(("installation", "gateway", "machine"), parts, strict=True))


def _setting(name: str, value: str) -> float | int | str:
    return _number_or_text(value) if name in ("port", "unit_id", "timeout") else value


def _number_or_text(text: str) -> float | int | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def chosen_parts(model: Model, given: tuple[str, ...]) -> dict[str, list[str]]:
    """The model's default options, changed by what was given. Raises Invalid for an unknown option or part."""
    chosen = {name: list(parts) for name, parts in model.default_options().items()}
    for text in given:
        name, equals, parts = text.partition("=")
        if name not in model.options or not equals:
            known = ", ".join(model.options) or "none"
            raise Invalid(
                "option", "%(text)s: options of %(model)s are %(known)s", text=text, model=model.name, known=known
            )
        choices = model.options[name].choices
        wanted = [part.strip() for part in parts.split(",") if part.strip()]
        for part in wanted:
            if part not in choices:
                raise Invalid(
                    "option",
                    "%(name)s: %(part)s is not one of %(choices)s",
                    name=name,
                    part=part,
                    choices=", ".join(choices),
                )
        chosen[name] = wanted
    return chosen


def pinned_values(model: Model, given: tuple[str, ...]) -> dict[str, float | str]:
    """sensor → value of texts such as temp_outside=-7.5. Raises OutOfRange."""
    pinned: dict[str, float | str] = {}
    for text in given:
        name, _, value = text.partition("=")
        if name not in model.every_sensor:
            raise OutOfRange("%(model)s has no sensor %(sensor)s", model=model.name, sensor=name)
        try:
            pinned[name] = float(value)
        except ValueError:
            pinned[name] = value
    return pinned


def installation(folder: Path, **overrides: Any) -> System:
    """The installation in this folder, not running. Raises BadConfig, FolderUnusable or DatabaseUnusable."""
    system = assemble(configuration(folder, **overrides))
    config_heatpumps.at_start(system)
    return system


def there(folder: Path, **overrides: Any) -> System:
    """The installation that is in this folder already. Raises ClickException where there is none."""
    if not folder.exists():
        hint = f"is --data ({FOLDER_VARIABLE}) right? `serve` or `add` begins one"
        raise click.ClickException(f"{folder}: there is no installation here; {hint}")
    return installation(folder, **overrides)


def configuration(folder: Path, **overrides: Any) -> Config:
    Folder(folder)
    return load(folder, **overrides)
