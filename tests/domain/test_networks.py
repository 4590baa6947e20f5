"""Where somebody comes from, told so that changing the address within it changes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linekey.domain.networks import network_of, parsed, within


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.254", "203.0.113.0/24"),
        ("203.0.114.7", "203.0.114.0/24"),
        ("2001:db8:0:1::7", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:1::/64"),
        ("2001:db8:0:2::7", "2001:db8:0:2::/64"),
        ("2001:DB8:0:1:0::7", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2002:cb00:7107:abcd::1", "203.0.113.0/24"),
        ("203.0.113.7:51234", "203.0.113.0/24"),
        ("[2001:db8:0:1::7]:51234", "2001:db8:0:1::/64"),
        ("[2001:db8:0:1::7]", "2001:db8:0:1::/64"),
        ("", "unknown"),
        ("evil.example", "unknown"),
        ("203.0.113.7, 198.51.100.1", "unknown"),
        ("203.0.113.999", "unknown"),
        ("203.000.113.7", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_an_address_belongs_to_one_network(address: str, network: str) -> None:
    assert network_of(address) == network


@given(st.integers(0, 2**64 - 1))
def test_one_persons_ipv6_addresses_are_one_network(host: int) -> None:
    parts = [f"{host >> shift & 0xFFFF:x}" for shift in (48, 32, 16, 0)]
    assert network_of(f"2001:db8:5:6:{':'.join(parts)}") == "2001:db8:5:6::/64"


@given(st.one_of(st.text(max_size=80), st.ip_addresses().map(str)))
def test_whatever_a_proxy_writes_it_is_some_network(address: str) -> None:
    assert 0 < len(network_of(address)) <= 50


@pytest.mark.parametrize(
    ("address", "ranges", "allowed"),
    [
        ("203.0.113.7", [], True),
        ("evil.example", [], True),
        ("203.0.113.7", ["203.0.113.0/24"], True),
        ("203.0.114.7", ["203.0.113.0/24"], False),
        ("203.0.114.7", ["203.0.113.0/24", "203.0.114.7/32"], True),
        ("::ffff:203.0.113.7", ["203.0.113.0/24"], True),
        ("2001:db8::7", ["203.0.113.0/24"], False),
        ("2001:db8::7", ["2001:db8::/32"], True),
        ("2002:cb00:7107::1", ["203.0.113.0/24"], False),
        ("evil.example", ["0.0.0.0/0", "::/0"], False),
    ],
)
def test_a_key_works_from_its_ranges_and_without_any_from_everywhere(
    address: str, ranges: list[str], allowed: bool
) -> None:
    assert within(address, ranges) is allowed


def test_what_is_no_address_is_none() -> None:
    assert parsed("1") is None and str(parsed("192.0.2.1")) == "192.0.2.1"
