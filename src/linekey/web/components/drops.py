"""What is connected now, by name: what a cut ends and a grace leaves alone (CTX-5, NEW-1).

As the network saw it when it was last asked, and when that was. Facts come from devices: they may be
anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linekey.domain.kinds import SIP_LINE
from linekey.records.pages import ServicePage
from linekey.web.templatetags.desk import moment, read_moment

MOST = 5
"""More names than that hide the consequence instead of showing it."""


@dataclass(frozen=True)
class Connected:
    line: bool
    seen_at: datetime | None
    """None when nobody ever looked."""
    named: tuple[str, ...]
    more: str
    """How many are not named; empty when all are."""


def connected_of(page: ServicePage) -> Connected:
    seen, line = page.observed, page.row.kind == SIP_LINE.code
    if seen is None:
        return Connected(line, None, (), "")
    found = seen.facts.get("registrations" if line else "sessions")
    items = [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []
    named = tuple(_device(item) if line else _session(item) for item in items[:MOST])
    left = len(items) - len(named)
    more = ngettext("and %(count)d more", "and %(count)d more", left) % {"count": left} if left else ""
    return Connected(line, seen.seen_at, named, more)


def _device(item: Mapping[str, Any]) -> str:
    name = str(item.get("user_agent") or _("unnamed device"))
    if address := item.get("received_from") or item.get("contact"):
        name = _("%(name)s at %(address)s") % {"name": name, "address": address}
    if since := read_moment(item.get("registered_at")):
        return _("%(device)s, registered %(at)s") % {"device": name, "at": moment(since)}
    return name


def _session(item: Mapping[str, Any]) -> str:
    address = str(item.get("framed_address") or item.get("nas_address") or "–")
    if since := read_moment(item.get("started_at")):
        lasted = timesince(since, timezone.now())
        return _("the session with the address %(address)s, open for %(time)s") % {
            "address": address,
            "time": lasted,
        }
    return _("the session with the address %(address)s") % {"address": address}
