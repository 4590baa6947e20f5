"""Access keys of a person's programs: what may be asked for, how the parts look, how long they last (TEAM-5).

The parts wear prefixes that scanners of leaked secrets can be taught; `docs/reference/api.md` gives them the
patterns.
"""

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network

from linekey.domain.access import Scope
from linekey.domain.errors import N_, Malformed

ID_STARTS = "LKAK"
ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
ID_DRAWN = 16
SECRET_STARTS = "lksk_"  # noqa: S105 (a prefix)
TOKEN_STARTS = "lkat_"  # noqa: S105 (a prefix)
REFRESH_STARTS = "lkrt_"

MOST_LIVE = 10
"""Keys that work, per person."""
LONGEST_NAME = 60
MOST_NETWORKS = 20
TOKEN_LASTS = timedelta(hours=1)
REFRESH_LASTS = timedelta(hours=12)
USE_NOTED_EVERY = timedelta(minutes=1)
"""A program which asks every second must not cost a write each time."""

_ID = re.compile(rf"{ID_STARTS}[{ID_ALPHABET}]{{{ID_DRAWN}}}", re.ASCII)


def is_key_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def require_name(typed: str) -> str:
    """Without blanks around. Raises Malformed."""
    name = typed.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Malformed(field="name", why=N_("it must be one line of at most 60 characters"))
    return name


def require_scopes(scopes: Collection[Scope]) -> list[str]:
    """As they are kept, in one order. Raises Malformed: a key that may do nothing is a mistake."""
    if not scopes:
        raise Malformed(field="scopes", why=N_("choose at least one"))
    return [scope.value for scope in Scope if scope in scopes]


def require_networks(typed: Iterable[str]) -> list[str]:
    """As they will be compared: `203.0.113.7/24` is `203.0.113.0/24`. Raises Malformed."""
    networks = list(dict.fromkeys(_network(each.strip()) for each in typed))
    if len(networks) > MOST_NETWORKS:
        raise Malformed(field="networks", why=N_("there must be at most 20"))
    return networks


def _network(typed: str) -> str:
    try:
        found = ip_network(typed, strict=False)
    except ValueError:
        found = None
    # An interface of ours (`fe80::1%eth0`) says nothing about where a caller is.
    if found is None or "%" in typed:
        why = N_("each must be an address or a range, such as 203.0.113.0/24 or 2001:db8::/32")
        raise Malformed(field="networks", why=why)
    return str(_unmapped(found))


def _unmapped(network: IPv4Network | IPv6Network) -> IPv4Network | IPv6Network:
    """An IPv4 range written in IPv6 (RFC 4291 section 2.5.5.2), as callers from it are compared: in IPv4."""
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    return IPv4Network((mapped, network.prefixlen - 96)) if mapped and network.prefixlen >= 96 else network


def require_future(expires_at: datetime | None, now: datetime) -> None:
    """Raises Malformed; None is without end."""
    if expires_at is not None and expires_at <= now:
        raise Malformed(field="expires_at", why=N_("it must lie in the future"))
