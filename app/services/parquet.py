"""A heat pump's history as a Parquet file; needs the optional package pyarrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, Any

from app.messages import Rejected
from app.services import exports
from app.services.exports import TIMESTAMP, Export
from app.store.packing import Step
from app.system import System

ROWS_PER_GROUP = 5_000


def write(system: System, export: Export, file: IO[bytes]) -> None:
    """A column of UTC timestamps, then one per sensor with its unit in the field's metadata; row group by row group.

    Raises Rejected when pyarrow is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise Rejected("Parquet needs the package pyarrow; install it with: pip install pyarrow") from None
    schema = _schema(export)
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in _groups(exports.rows(system, export)):
            times = [at for at, _ in group]
            by_sensor = list(zip(*(values for _, values in group), strict=True))
            content = [times, *by_sensor]
            arrays = [
                pyarrow.array(_fitting(each, field), field.type) for each, field in zip(content, schema, strict=True)
            ]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))


def _groups(rows: Iterable[exports.Row]) -> Iterator[list[exports.Row]]:
    left = iter(rows)
    while group := list(islice(left, ROWS_PER_GROUP)):
        yield group


def _schema(export: Export) -> Any:
    import pyarrow

    fields = [pyarrow.field(TIMESTAMP, pyarrow.timestamp("s", tz="UTC"))]
    for sensor in export.sensors:
        series = [column for column in export.columns if column.sensor == sensor]
        storages = {column.storage for column in series}
        fields.append(pyarrow.field(sensor, _type(storages), metadata={"unit": series[0].unit}))
    return pyarrow.schema(fields)


def _type(storages: set[str]) -> Any:
    """The narrowest type that holds all that a sensor's series hold, exactly."""
    import pyarrow

    if "text" in storages:
        return pyarrow.string()
    steps = [Step.of(each) for each in storages]
    whole = all(step is not None and step.decimals == 0 for step in steps)
    return pyarrow.int64() if whole else pyarrow.float64()


def _fitting(values: Iterable[Any], field: Any) -> list[Any]:
    """A sensor that was a number once and is a text now is a text throughout."""
    if str(field.type) != "string":
        return list(values)
    return [value if value is None or isinstance(value, str) else str(value) for value in values]
