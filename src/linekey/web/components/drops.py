"""What a reset will cut, by name: the devices and sessions seen when the network was last asked (CTX-5)."""

from typing import Any

from django.utils.translation import gettext as _

from linekey.domain.kinds import SIP_LINE
from linekey.records.pages import ServicePage
from linekey.web.templatetags.desk import moment

MOST = 5
"""More names than that hide the consequence instead of showing it."""


def drops_of(page: ServicePage) -> list[str]:
    """One sentence per device; one that says nothing was there; none when nobody ever looked."""
    seen = page.observed
    if seen is None:
        return []
    line = page.row.kind == SIP_LINE.code
    found = [_device(item) if line else _session(item) for item in _items(seen.facts, line=line)]
    at = {"at": moment(seen.seen_at)}
    if not found:
        return [
            _("No device was registered when we last looked, %(at)s.") % at
            if line
            else _("No session was open when we last looked, %(at)s.") % at
        ]
    told = [_("This will drop: %(device)s (seen %(at)s).") % {"device": name, **at} for name in found[:MOST]]
    if len(found) > MOST:
        told.append(_("And %(count)d more.") % {"count": len(found) - MOST})
    return told


def _items(facts: dict[str, Any], *, line: bool) -> list[dict[str, Any]]:
    return list(facts.get("registrations" if line else "sessions", []))


def _device(item: dict[str, Any]) -> str:
    name = item.get("user_agent") or _("unnamed device")
    address = item.get("received_from") or item.get("contact") or ""
    return _("%(name)s at %(address)s") % {"name": name, "address": address} if address else str(name)


def _session(item: dict[str, Any]) -> str:
    address = item.get("framed_address") or item.get("nas_address") or ""
    return _("the session with the address %(address)s") % {"address": address}
