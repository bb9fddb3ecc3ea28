"""Digest authentication (RFC 7616) for one GET, as a Shelly of the second generation and later asks for it."""

from __future__ import annotations

import hashlib
import secrets
from urllib.request import parse_http_list, parse_keqv_list

_HASHES = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}


def authorization(challenge: str, user: str, password: str, target: str) -> str | None:
    """The header's value; None for a challenge that asks for something else."""
    try:
        asked = parse_keqv_list(parse_http_list(challenge.partition(" ")[2]))
    except (ValueError, IndexError):
        return None
    algorithm = asked.get("algorithm", "MD5")
    hashed = _HASHES.get(algorithm.upper())
    offered = [each.strip() for each in asked.get("qop", "").split(",")]
    if hashed is None or "nonce" not in asked or "auth" not in offered:
        return None

    def digest(text: str) -> str:
        return hashed(text.encode()).hexdigest()

    realm, nonce, count, own = asked.get("realm", ""), asked["nonce"], "00000001", secrets.token_hex(8)
    whole = ":".join((digest(f"{user}:{realm}:{password}"), nonce, count, own, "auth", digest(f"GET:{target}")))
    fields = {"username": user, "realm": realm, "nonce": nonce, "uri": target, "response": digest(whole), "cnonce": own}
    if "opaque" in asked:
        fields["opaque"] = asked["opaque"]
    quoted = ", ".join(f'{name}="{_escaped(value)}"' for name, value in fields.items())
    return f"Digest {quoted}, algorithm={algorithm}, qop=auth, nc={count}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
