"""Which addresses may be searched for heat pumps: those of a home network, and not too many."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

from app.messages import Invalid

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8")))
"""RFC 1918, link-local addresses, and this machine itself."""

MOST_ADDRESSES = 1024
HOME_PREFIX = 24


def searched(text: str, field: str = "network") -> list[str]:
    """The addresses of a network such as 192.168.1.0/24, or a single one. Raises Invalid."""
    network = _network(text.strip(), field)
    if not any(network.subnet_of(private) for private in PRIVATE):
        raise Invalid(
            field,
            "%(network)s is not a private network: only 10.x, 172.16–31.x, 192.168.x, 169.254.x and 127.x are searched",
            network=str(network),
        )
    if network.num_addresses > MOST_ADDRESSES:
        raise Invalid(
            field,
            "%(network)s has %(number)d addresses; at most %(most)d are searched at once, such as 192.168.1.0/24",
            network=str(network),
            number=network.num_addresses,
            most=MOST_ADDRESSES,
        )
    return [str(address) for address in network.hosts()]


def around(address: str) -> str | None:
    """The network of usual size that a private address lies in; None for any other, and for this machine itself."""
    try:
        own = IPv4Address(address)
    except AddressValueError:
        return None
    if own.is_loopback or not any(own in private for private in PRIVATE):
        return None
    return str(IPv4Network((own, HOME_PREFIX), strict=False))


def _network(text: str, field: str) -> IPv4Network:
    try:
        return IPv4Network(text, strict=False)
    except (AddressValueError, NetmaskValueError, ValueError):
        raise Invalid(field, "%(value)s is not a network such as 192.168.1.0/24", value=text or "–") from None
