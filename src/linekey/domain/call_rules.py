"""Access rules of a consumer key: which method on which path was granted, and from where (OVH API v1)."""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence

from linekey.domain.errors import Malformed

METHODS = ("GET", "POST", "PUT", "DELETE")
MOST_RULES = 100
MOST_NETWORKS = 100
LONGEST_PATH = 300
_PASSWORD_CALLS = ("/xdsl/", "/telephony/")
"""Where the calls stand which make a new password."""


def covers(rules: Iterable[Mapping[str, str]], method: str, path: str) -> bool:
    """`/me` covers /me alone, `/*` everything, `/telephony/*` what is below but not `/telephony` itself.

    `path` is without the version prefix: `/xdsl/xdsl-ab12345-1`.
    """
    return any(rule["method"] == method and _matches(rule["path"], path) for rule in rules)


def _matches(pattern: str, path: str) -> bool:
    # Piece by piece and never backwards: whoever asks for a key writes the pattern, and a regular expression
    # made of it could be written to take hours.
    first, *others = pattern.split("*")
    if not others:
        return path == first
    last = others.pop()
    if not path.startswith(first) or not path.endswith(last) or len(path) < len(first) + len(last):
        return False
    at, end = len(first), len(path) - len(last)
    for piece in others:
        found = path.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def may_change_passwords(method: str, pattern: str) -> bool:
    """Could this rule be used to make a new password? What a person must know before they grant it."""
    fixed = pattern.partition("*")[0]
    return method == "POST" and any(
        fixed.startswith(call) or call.startswith(fixed) for call in _PASSWORD_CALLS
    )


def allowed_from(networks: Iterable[str], address: str) -> bool:
    """No network means any address; an address that cannot be read is allowed from none."""
    listed = [ipaddress.ip_network(network, strict=False) for network in networks]
    if not listed:
        return True
    try:
        seen = ipaddress.ip_address(address)
    except ValueError:
        return False
    # A server which listens on IPv6 sees IPv4 callers as ::ffff:192.0.2.1 (RFC 4291 section 2.5.5.2).
    seen = getattr(seen, "ipv4_mapped", None) or seen
    return any(seen in network for network in listed)


def require_readable_rules(rules: Sequence[tuple[str, str]]) -> None:
    """(method, path pattern) pairs. Raises Malformed."""
    if not 1 <= len(rules) <= MOST_RULES:
        raise Malformed(field="accessRules", why=f"there must be between 1 and {MOST_RULES} rules")
    for method, path in rules:
        if method not in METHODS:
            raise Malformed(field="method", why="it must be GET, POST, PUT or DELETE")
        if not path.startswith("/") or len(path) > LONGEST_PATH or not path.isprintable():
            raise Malformed(
                field="path", why=f"it must start with / and hold at most {LONGEST_PATH} characters"
            )


def require_readable_networks(networks: Sequence[str]) -> None:
    """Raises Malformed."""
    if len(networks) > MOST_NETWORKS:
        raise Malformed(field="allowedIPs", why=f"there must be at most {MOST_NETWORKS}")
    for network in networks:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            raise Malformed(field="allowedIPs", why="each must be an address or a CIDR block") from None
