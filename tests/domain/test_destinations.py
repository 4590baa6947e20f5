"""Who names an address for us to write to reaches nothing inside through us."""

from ipaddress import ip_network

import pytest

from linekey.domain.destinations import is_outside, is_within, require_url
from linekey.domain.errors import Malformed

INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",  # noqa: S104
    "224.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "localhost",
    "",
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_known_whatever_it_hides_behind(address: str) -> None:
    assert not is_outside(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_an_address_of_the_internet_is_outside(address: str) -> None:
    assert is_outside(address)


def test_the_operator_opens_networks_of_their_own() -> None:
    opened = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    assert is_within("10.1.2.3", opened) and is_within("fd00::1", opened)
    assert is_within("::ffff:10.1.2.3", opened)
    assert not is_within("192.168.1.1", opened) and not is_within("nonsense", opened)


@pytest.mark.parametrize(
    "url",
    [
        "https://erp.example.org/in?x=1",
        "https://erp.example.org",
        "https://[2606:4700::1111]:8443/x",
        " https://erp.example.org/ ",
    ],
)
def test_an_address_we_may_be_asked_to_write_to(url: str) -> None:
    assert require_url(url, longest=500, clear=False) == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "erp.example.org",
        "ftp://erp.example.org",
        "http://erp.example.org",
        "https://user@erp.example.org/",
        "https://erp.example.org/#top",
        "https://erp.example.org\\@evil.example",
        "https://erp.example.org/a b",
        "https://erp.example.org:0/",
        "https://erp.example.org:65536/",
        "https://érp.example.org/",
        "https://erp.example.org/\n",
        "https://erp.example.org/\0x",
        f"https://erp.example.org/{'x' * 500}",
    ],
)
def test_anything_else_is_refused_with_the_field(url: str) -> None:
    with pytest.raises(Malformed) as refused:
        require_url(f"{url}x" if url.endswith("\n") else url, longest=500, clear=False)
    assert refused.value.values["field"] == "url"


def test_clear_text_goes_where_the_operator_says_so() -> None:
    assert require_url("http://10.0.0.7/x", longest=500, clear=True) == "http://10.0.0.7/x"
