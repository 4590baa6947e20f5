"""Somebody who guesses passwords, as an element tells of them."""

from datetime import datetime

from linekey.domain.health import BURSTS
from linekey.domain.hearing import ElementEvent, Heard
from linekey.domain.kinds import PPPOE_ACCESS, SIP_LINE
from linekey.records.models import ElementCursor, Service
from linekey.usecases import hear_element

STRANGER = "203.0.113.9"
BURST = BURSTS[SIP_LINE].of_one or 0
"""Guesses from one source which make an attack on a line."""
CIRCUITS = tuple(f"00-11-22-33-44-{number:02}" for number in range(BURSTS[PPPOE_ACCESS].sources))


def guess(service: Service, now: datetime, count: int = BURST, source: str = STRANGER) -> None:
    """So many wrong passwords within a moment; as many as make an attack when nothing is said."""
    sip = service.kind == Service.Kind.SIP_LINE
    element = service.sip.element if sip else service.ppp.element
    name = f"{service.sip.username}@{service.sip.realm}" if sip else service.ppp.login
    after = hear_element.heard_so_far(element=element)
    events = [
        ElementEvent(number, now, Heard.REFUSED, name, source=source, agent="friendly-scanner")
        for number in range(after + 1, after + 1 + count)
    ]
    assert hear_element.hear(element=element, events=events, after=after, now=now)
    # An element in memory, which a test may listen to as well, counts its own events.
    ElementCursor.objects.filter(element=element).update(number=after)


def guess_from_circuits(access: Service, now: datetime) -> None:
    """An attack on an access."""
    for circuit in CIRCUITS:
        guess(access, now, BURSTS[PPPOE_ACCESS].spread // len(CIRCUITS) + 1, source=circuit)
