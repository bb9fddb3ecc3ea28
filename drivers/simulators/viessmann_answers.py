"""What a simulated Viessmann cloud says: installations, and the errors that a real one is known to answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

INSTALLATION, SERIAL = 100_001, 7_000_000_000_000_001
ROLES = ["type:heating;integrated", "type:heatpump", "type:product;Vitocal"]


@dataclass(frozen=True, slots=True)
class Said:
    """An answer of the cloud."""

    status: int
    content: bytes
    kind: str = "application/json"


def error(status: int, kind: str, **payload: Any) -> Said:
    body = {"viErrorId": "simulated", "statusCode": status, "errorType": kind, "message": kind}
    return Said(status, json.dumps(body | ({"extendedPayload": payload} if payload else {})).encode())


def good(content: Any) -> Said:
    return Said(200, json.dumps({"data": content}).encode())


FAULTS = {
    "device_offline": error(400, "DEVICE_COMMUNICATION_ERROR", code="404", reason="DEVICE_OFFLINE"),
    "gateway_offline": error(400, "DEVICE_COMMUNICATION_ERROR", code="404", reason="GATEWAY_OFFLINE"),
    "not_paid_for": error(402, "PACKAGE_NOT_PAID_FOR"),
    "forbidden": error(403, "FORBIDDEN"),
    "server_error": error(500, "INTERNAL_ERROR"),
    "bad_gateway": Said(502, b"<html><h1>502 Bad Gateway</h1></html>", "text/html"),
    "no_json": Said(200, b"<html>maintenance</html>", "text/html"),
    "wrong_shape": Said(200, b'{"data": [{"feature": 7}]}'),
}
"""By the name that `simulate --fault` takes."""


def installations(machines: int) -> list[dict[str, Any]]:
    """So many houses, each with a gateway and a heat pump."""
    return [
        {
            "id": INSTALLATION + number,
            "description": f"House {number + 1}",
            "gateways": [
                {
                    "serial": str(SERIAL + number),
                    "devices": [
                        {
                            "id": "gateway",
                            "modelId": "E3_TCU300_ethernet",
                            "status": "Online",
                            "deviceType": "tcu",
                            "roles": ["type:gateway;TCU300"],
                        },
                        {
                            "id": "0",
                            "modelId": f"E3_Vitocal_{number + 1}",
                            "status": "Online",
                            "deviceType": "heating",
                            "roles": ROLES,
                        },
                    ],
                }
            ],
        }
        for number in range(machines)
    ]
