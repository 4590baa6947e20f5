"""Where a phone registered from: address and port out of what the registrar tells."""

import re

# `sip:0033972@[2001:db8::1]:5060;transport=udp`, `192.0.2.7:5060`, `sip:192.0.2.7` (RFC 3261 section 19.1.1)
_PLACE = re.compile(
    r"(?:sips?:)?(?:[^@;>]*@)?(\[[0-9A-Fa-f:.]+\]|[^\s:;>\[\]]+)(?::(\d{1,5}))?", re.IGNORECASE
)


def host_and_port(text: str) -> tuple[str | None, int | None]:
    """Address without brackets and port, each None when the registrar does not tell."""
    found = _PLACE.match(text.strip().lstrip("<"))
    if found is None:
        return None, None
    return found[1].strip("[]"), int(found[2]) if found[2] else None
