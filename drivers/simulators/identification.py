"""How a simulated controller answers who it is (Modbus: read device identification)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pymodbus.constants import ExcCodes
from pymodbus.pdu import ExceptionResponse, ModbusPDU
from pymodbus.pdu.mei_message import ReadDeviceInformationResponse

from drivers.model import IDENTIFICATION

READ_IDENTIFICATION = 0x0E
"""The one sort of encapsulated message that is about identification."""

BASIC, REGULAR, EXTENDED, ONE_OBJECT = 1, 2, 3, 4

Names = Callable[[], Awaitable[Mapping[int, bytes] | None]]
"""The objects of the identification, or None for a controller that does not know this function."""


def answering(names: Names) -> type[ModbusPDU]:
    """The request, as a server takes it; pymodbus' own one answers for every server of the process alike."""

    class Question(ModbusPDU):
        function_code = IDENTIFICATION
        rtu_frame_size = 7

        def decode(self, data: bytes) -> None:
            self.kind, self.code, self.place = data[0], data[1], data[2]

        async def datastore_update(self, context: Any, device_id: int) -> ModbusPDU:
            objects = await names()
            if objects is None or self.kind != READ_IDENTIFICATION:
                return ExceptionResponse(IDENTIFICATION, ExcCodes.ILLEGAL_FUNCTION)
            if self.code == ONE_OBJECT:
                found = {place: text for place, text in objects.items() if place == self.place}
            else:
                found = {place: text for place, text in objects.items() if place >= self.place}
            if not BASIC <= self.code <= ONE_OBJECT:
                return ExceptionResponse(IDENTIFICATION, ExcCodes.ILLEGAL_VALUE)
            if not found:
                return ExceptionResponse(IDENTIFICATION, ExcCodes.ILLEGAL_ADDRESS)
            return ReadDeviceInformationResponse(read_code=self.code, information=found)

    return Question
