"""Only private networks are searched, and none that is too large."""

from __future__ import annotations

import pytest

from app.messages import Invalid
from app.services import networks


@pytest.mark.parametrize(
    ("text", "count", "first", "last"),
    [
        ("192.168.1.0/24", 254, "192.168.1.1", "192.168.1.254"),
        (" 192.168.1.77/24 ", 254, "192.168.1.1", "192.168.1.254"),
        ("10.0.0.0/22", 1022, "10.0.0.1", "10.0.3.254"),
        ("172.31.255.0/24", 254, "172.31.255.1", "172.31.255.254"),
        ("127.0.0.0/29", 6, "127.0.0.1", "127.0.0.6"),
        ("192.168.1.20", 1, "192.168.1.20", "192.168.1.20"),
        ("192.168.1.20/31", 2, "192.168.1.20", "192.168.1.21"),
        ("192.168.1.0/255.255.255.0", 254, "192.168.1.1", "192.168.1.254"),
    ],
)
def test_a_private_network_is_searched(text: str, count: int, first: str, last: str) -> None:
    hosts = networks.searched(text)
    assert (len(hosts), hosts[0], hosts[-1]) == (count, first, last)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("8.8.8.0/24", "is not a private network"),
        ("172.32.0.0/24", "is not a private network"),
        ("192.167.255.0/24", "is not a private network"),
        ("11.0.0.1", "is not a private network"),
        ("0.0.0.0/0", "is not a private network"),
        ("192.168.0.0/15", "is not a private network"),
        ("100.64.0.0/24", "is not a private network"),
        ("224.0.0.0/24", "is not a private network"),
        ("192.168.0.0/16", "has 65536 addresses"),
        ("10.0.0.0/21", "has 2048 addresses"),
        ("", "is not a network"),
        ("192.168.1", "is not a network"),
        ("192.168.1.0/33", "is not a network"),
        ("192.168.1.256", "is not a network"),
        ("heatpump.local", "is not a network"),
        ("fd00::/120", "is not a network"),
        ("192.168.1.0/24/24", "is not a network"),
        ("-1", "is not a network"),
        ("3232235776", "is not a network"),
    ],
)
def test_what_is_no_private_network_is_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        networks.searched(text)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.168.7.20", "192.168.7.0/24"),
        ("10.1.2.3", "10.1.2.0/24"),
        ("127.0.0.1", None),
        ("8.8.8.8", None),
        ("::1", None),
        ("heatpump.local", None),
        ("", None),
    ],
)
def test_the_network_to_offer_is_a_private_one(address: str, network: str | None) -> None:
    assert networks.around(address) == network
