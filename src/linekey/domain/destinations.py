"""Where a request on somebody else's behalf may go: to the internet, never inwards (OWASP ASVS 5.0, 1.3.6).

Whoever names an address for us to write to must not reach through us what they cannot reach themselves: this
machine, the operator's network, a cloud's metadata service.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from linekey.domain.errors import N_, Malformed

Network = IPv4Network | IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: an IPv4 address in its last 32 bits."""
_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that is routed on the internet (RFC 4291 section 2.4)."""
_NEVER = frozenset({"168.63.129.16"})
"""In no private range, and inside all the same: the host of a virtual machine on Azure."""

_URL = re.compile(
    r"(?P<scheme>https?)://(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)"
    r"(?::(?P<port>[0-9]{1,5}))?(?:[/?][!\"$-\[\]-~]*)?"
)
"""Printable ASCII, without `#` and without the backslash that browsers and servers read differently."""


def is_outside(address: str) -> bool:
    """Is it on the public internet? An address which hides another (mapped, 6to4, NAT64) is that other."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    meant = _unwrapped(found)
    if isinstance(meant, IPv6Address) and meant not in _UNICAST:
        return False
    return (
        meant.is_global
        and not meant.is_multicast
        and not meant.is_reserved
        and not meant.is_unspecified
        and str(meant) not in _NEVER
    )


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


def is_within(address: str, networks: Iterable[Network]) -> bool:
    """Is it in one of the networks the operator has opened?"""
    try:
        found = _unwrapped(ip_address(address))
    except ValueError:
        return False
    return any(found in network for network in networks)


def require_url(typed: str, *, longest: int, clear: bool) -> str:
    """An address we may be asked to write to; `clear`: http is taken too. Raises Malformed.

    What its host resolves to is looked at when it is written to, every time.
    """
    url = typed.strip()
    found = _URL.fullmatch(url)
    if found is None or len(url) > longest or not 0 < int(found["port"] or 443) < 65536:
        why = N_("it must be https://host/path, at most 500 plain characters, without a user name or a #")
        raise Malformed(field="url", why=why)
    if found["scheme"] != "https" and not clear:
        raise Malformed(field="url", why=N_("it must begin with https://"))
    return url
