"""What many answers have in common."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

from msgspec import Meta

Seconds = Annotated[int, Meta(description="UTC seconds since 1970")]
Value = float | int | str | None
"""A number in the sensor's unit, the word of a state, or null where the machine delivers nothing."""
Sentence = Annotated[str, Meta(description="For people, in the language of the account")]
HeatPumpId = Annotated[str, Meta(description="Such as hp-001")]
Connection = Annotated[
    dict[str, Any], Meta(description="Host, port, timeout, and what else the model's protocol needs")
]
Fitted = Annotated[
    dict[str, Any], Meta(description="Fitted parts per option of the model, interval, lacks, heated_area, share_data")
]


class Error(TypedDict):
    """Something could not be done; `field` is there when one field or parameter is to blame."""

    error: Sentence
    field: NotRequired[str]


class OfHeatPump(TypedDict, total=False):
    heatpump_id: HeatPumpId


Span = TypedDict("Span", {"from": Seconds, "to": Seconds})
SomeSpan = TypedDict("SomeSpan", {"from": Seconds, "to": Seconds}, total=False)
