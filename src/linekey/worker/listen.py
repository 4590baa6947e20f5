"""What elements tell by themselves is heard within a quarter of a second (NEW-2, NEW-11)."""

import logging
from threading import Event

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from linekey.domain.trouble import Rejected, Unreachable
from linekey.enact.outside import Outside
from linekey.network.ports import Telling
from linekey.usecases import hear_element

log = logging.getLogger("linekey.listen")

EVERY_SECONDS = 0.25
AT_ONCE = 500
"""Events written down in one transaction."""


def run(outside: Outside, stop: Event) -> None:
    """Until `stop`. Any number may run: an event counts once."""
    try:
        while not stop.wait(EVERY_SECONDS):
            turn(outside)
    finally:
        connection.close()


def turn(outside: Outside) -> None:
    """Everything told since the last turn, by every element which answers."""
    try:
        for element in (*outside.registrars.values(), *outside.access_servers.values()):
            _hear(element)
    except (DatabaseError, InterfaceError) as trouble:
        log.warning("database unreachable, listening again later: %s", type(trouble).__name__)
        connection.close()


def _hear(element: Telling) -> None:
    full = True
    while full:
        after = hear_element.heard_so_far(element=element.name)
        try:
            events = element.events(after, AT_ONCE)
        except (Unreachable, Rejected) as trouble:
            # It is told on the element's page by whoever looks at its health.
            log.debug("%s: %s", element.name, trouble)
            return
        heard = hear_element.hear(element=element.name, events=events, after=after, now=timezone.now())
        full = heard and len(events) == AT_ONCE
