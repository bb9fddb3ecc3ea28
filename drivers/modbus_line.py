"""One Modbus TCP connection, one request at a time. The only file of the drivers that knows pymodbus."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ConnectionException, ModbusException
from pymodbus.framer import FramerType
from pymodbus.pdu import ModbusPDU
from pymodbus.pdu.mei_message import ReadDeviceInformationResponse

from drivers import tcp
from drivers.errors import BadAnswer, Refused, Unreachable
from drivers.identification import Identification
from drivers.model import IDENTIFICATION, Framing

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3
NOT_OFFERED = frozenset({ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE})
TURNS_WAITED_FOR = 3
"""Time-outs of others that one request waits for before it is given up."""

READ_FUNCTIONS = {"coil": 1, "discrete": 2, "holding": 3, "input": 4}

_GATEWAY_CODES = frozenset({10, 11})
_BASIC = 1
_FRAMERS = {"tcp": FramerType.SOCKET, "rtu": FramerType.RTU}

Request = Callable[[ModbusTcpClient], ModbusPDU]


class Line:
    """The connection to host:port that all units behind it share; whoever asks waits for its turn.

    Opened by the first request and dropped after every time-out, short or foreign frame, and when something has
    arrived that nobody asked for, so that a late answer can never be taken for the next one.
    """

    def __init__(self, host: str, port: int, framing: Framing = "tcp") -> None:
        self.host = host
        self.port = port
        self.framing: Framing = framing
        self._turn = threading.Lock()
        self._client: ModbusTcpClient | None = None
        self._heard = False

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    def read(self, table: str, at: int, count: int, unit_id: int, timeout_s: float) -> tuple[int, ...]:
        """`count` words from address `at`. One retry when the machine hangs up, none after a time-out.

        Raises Unreachable, BadAnswer, or Refused with the exception code in `facts["code"]`.
        """

        def request(client: ModbusTcpClient) -> ModbusPDU:
            if table in ("coil", "discrete"):
                ask_bits = client.read_coils if table == "coil" else client.read_discrete_inputs
                return ask_bits(at, count=count, device_id=unit_id)
            ask = client.read_input_registers if table == "input" else client.read_holding_registers
            return ask(at, count=count, device_id=unit_id)

        with self._my_turn(timeout_s):
            answer = self._ask(request, READ_FUNCTIONS[table], unit_id, timeout_s, attempts=2)
            words = _bits(answer, count) if table in ("coil", "discrete") else tuple(answer.registers)
            if len(words) != count:
                self._close()
                raise BadAnswer(
                    "%(address)s answers %(got)d words instead of %(count)d at %(at)d",
                    address=self.address,
                    got=len(words),
                    count=count,
                    at=at,
                )
        return words

    def identification(self, unit_id: int, timeout_s: float) -> Identification:
        """What the machine calls itself. Raises as `read` does; Refused by one that does not tell."""

        def request(client: ModbusTcpClient) -> ModbusPDU:
            return client.read_device_information(read_code=_BASIC, object_id=0, device_id=unit_id)

        with self._my_turn(timeout_s):
            answer = self._ask(request, IDENTIFICATION, unit_id, timeout_s, attempts=2)
            if not isinstance(answer, ReadDeviceInformationResponse):
                self._close()
                raise BadAnswer("%(address)s sends frames that do not answer the request", address=self.address)
        return Identification.of(answer.information)

    def write(self, function: int, at: int, words: Sequence[int], unit_id: int, timeout_s: float) -> None:
        """Write by FC5 (one coil), FC6 (one word) or FC16. Never sent twice: the first one may have been carried out.

        Raises as `read` does; after Unreachable or BadAnswer it is unknown whether the machine took the value.
        """

        def request(client: ModbusTcpClient) -> ModbusPDU:
            if function == 5:
                return client.write_coil(at, bool(words[0]), device_id=unit_id)
            if function == 6:
                return client.write_register(at, words[0], device_id=unit_id)
            return client.write_registers(at, list(words), device_id=unit_id)

        with self._my_turn(timeout_s):
            answer = self._ask(request, function, unit_id, timeout_s, attempts=1)
            said = answer.bits if function == 5 else answer.registers
            echo = (answer.address, answer.count) if function == 16 else (answer.address, list(said))
            if echo != ((at, len(words)) if function == 16 else (at, [words[0]])):
                self._close()
                raise BadAnswer(
                    "%(address)s confirms another write than the one at %(at)d", address=self.address, at=at
                )

    def close(self) -> None:
        with self._turn:
            self._close()

    @contextmanager
    def _my_turn(self, timeout_s: float) -> Iterator[None]:
        """One request at a time; units that hang behind the same gateway do not hold up this one for ever."""
        longest_s = TURNS_WAITED_FOR * timeout_s
        if not self._turn.acquire(timeout=longest_s):
            raise Unreachable(
                "%(address)s was busy with other requests for %(seconds)g s",
                address=self.address,
                seconds=longest_s,
                cause="busy",
            )
        try:
            yield
        finally:
            self._turn.release()

    def _ask(self, request: Request, function: int, unit_id: int, timeout_s: float, attempts: int) -> ModbusPDU:
        for attempt in range(1, attempts + 1):
            client = self._connected(timeout_s)
            try:
                answer = request(client)
            except (ConnectionException, OSError) as error:
                self._close()
                if attempt == attempts:
                    raise Unreachable(
                        "%(address)s closed the connection", address=self.address, cause="closed"
                    ) from error
                continue
            except ModbusException as error:
                self._close()
                raise self._no_answer(timeout_s) from error
            return self._checked(answer, function, unit_id)
        raise AssertionError("at least one attempt is made")

    def _connected(self, timeout_s: float) -> ModbusTcpClient:
        if self._client is not None and _spoke_unasked(self._client):
            self._close()
        if self._client is None:
            client = ModbusTcpClient(
                self.host,
                framer=_FRAMERS[self.framing],
                port=self.port,
                timeout=timeout_s,
                retries=0,
                trace_packet=self._trace,
            )
            client.socket = self._open_socket(timeout_s)
            self._client = client
        for params in (self._client.comm_params, self._client.transaction.comm_params):  # pymodbus has two copies
            params.timeout_connect = timeout_s
        self._heard = False
        return self._client

    def _open_socket(self, timeout_s: float) -> socket.socket:
        try:
            opened = tcp.connect(self.host, self.port, timeout_s)
        except ConnectionRefusedError as error:
            raise Unreachable(
                "%(address)s refuses the connection: is Modbus TCP switched on there, and is the port right?",
                address=self.address,
                cause="refused",
            ) from error
        opened.setblocking(False)  # pymodbus waits by select
        return opened

    def _trace(self, sending: bool, packet: bytes) -> bytes:
        if not sending and packet:
            self._heard = True
        return packet

    def _no_answer(self, timeout_s: float) -> Unreachable | BadAnswer:
        if self._heard:
            return BadAnswer("%(address)s sends frames that do not answer the request", address=self.address)
        return Unreachable(
            "%(address)s is connected but did not answer within %(seconds)g s",
            address=self.address,
            seconds=timeout_s,
            cause="silent",
        )

    def _checked(self, answer: ModbusPDU, function: int, unit_id: int) -> ModbusPDU:
        if answer.function_code & 0x7F != function:
            self._close()
            raise BadAnswer(
                "%(address)s answers function %(got)d instead of %(function)d",
                address=self.address,
                got=answer.function_code & 0x7F,
                function=function,
            )
        if not answer.isError():
            return answer
        code = answer.exception_code
        if code in _GATEWAY_CODES:
            raise Unreachable(
                "%(address)s is a gateway that cannot reach unit %(unit)d",
                address=self.address,
                unit=unit_id,
                cause="silent",
            )
        raise Refused("%(address)s answers with exception %(code)d", address=self.address, code=code)

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()  # type: ignore[no-untyped-call]
            self._client = None


def _bits(answer: ModbusPDU, count: int) -> tuple[int, ...]:
    """As many as were asked for, when the answer has the whole bytes for them and no more."""
    whole = -(-count // 8) * 8
    return tuple(map(int, answer.bits[:count] if len(answer.bits) == whole else answer.bits))


def _spoke_unasked(client: ModbusTcpClient) -> bool:
    """Whether the machine hung up, or said something, since its last answer."""
    if client.socket is None:
        return True
    try:
        client.socket.recv(1, socket.MSG_PEEK)
    except OSError as error:
        return not isinstance(error, BlockingIOError)
    return True


class Lines:
    """Every open line once per host:port and framing, however many units share it."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._lines: dict[tuple[str, int, Framing], tuple[Line, int]] = {}

    def take(self, host: str, port: int, framing: Framing = "tcp") -> Line:
        """The line to host:port; give it back with `give_back`."""
        with self._turn:
            line, users = self._lines.get((host, port, framing), (Line(host, port, framing), 0))
            self._lines[host, port, framing] = (line, users + 1)
            return line

    def give_back(self, line: Line) -> None:
        """Close the line when nobody else holds it."""
        with self._turn:
            _, users = self._lines.pop((line.host, line.port, line.framing))
            if users > 1:
                self._lines[line.host, line.port, line.framing] = (line, users - 1)
            else:
                line.close()  # before anybody can take a second line to the same address
