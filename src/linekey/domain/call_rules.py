"""Access rules of a consumer key: which method on which path was granted (OVH API v1)."""

import ipaddress
import re
from collections.abc import Iterable, Mapping

METHODS = ("GET", "POST", "PUT", "DELETE")


def covers(rules: Iterable[Mapping[str, str]], method: str, path: str) -> bool:
    """`/me` covers /me alone, `/*` everything, `/telephony/*` what is below but not `/telephony` itself.

    `path` is without the version prefix: `/xdsl/xdsl-ab12345-1`.
    """
    return any(rule["method"] == method and _matches(rule["path"], path) for rule in rules)


def _matches(pattern: str, path: str) -> bool:
    expression = ".*".join(re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(expression, path, re.DOTALL) is not None


def allowed_from(networks: Iterable[str], address: str) -> bool:
    """No network means any address; an address that cannot be read is allowed from none."""
    listed = [ipaddress.ip_network(network, strict=False) for network in networks]
    if not listed:
        return True
    try:
        seen = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(seen in network for network in listed)
