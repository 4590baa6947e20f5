"""Where a request comes from, as coarse as an abuser cannot easily change: a /24, or a /64."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_BITS = {4: 24, 6: 64}
_WITH_PORT = re.compile(r"\[(.+)\](?::\d+)?|([\d.]+):\d+")
"""`[2001:db8::1]:443`, `203.0.113.7:443`: some proxies say it so (RFC 7239 section 6)."""


def network_of(address: str) -> str:
    """`203.0.113.0/24`, `2001:db8:0:1::/64`; `unknown` for what is no address.

    One person with IPv6 has 2⁶⁴ addresses; they are one network. An IPv4 written in IPv6 is that IPv4, and so
    are the 65,536 networks that 6to4 makes of one (RFC 3056).
    """
    found = parsed(address)
    if isinstance(found, IPv6Address) and found.sixtofour:
        found = found.sixtofour
    return str(ip_network((found, _BITS[found.version]), strict=False)) if found else "unknown"


def parsed(address: str) -> IPv4Address | IPv6Address | None:
    written = _WITH_PORT.fullmatch(address)
    bare = (written[1] or written[2]) if written else address
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return found.ipv4_mapped
    return found


def within(address: str, ranges: list[str]) -> bool:
    """Is it in one of these CIDR ranges? No range at all means everywhere."""
    found = parsed(address)
    if not ranges:
        return True
    return found is not None and any(found in ip_network(each, strict=False) for each in ranges)
