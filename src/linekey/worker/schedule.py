"""What happens by the clock: looking at each element, and sweeping out what nobody needs any more."""

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from linekey.domain.trouble import Rejected, Unreachable
from linekey.enact.outside import Outside
from linekey.network.ports import Telling
from linekey.records import copies, phones
from linekey.records.models import (
    AccessToken,
    ElementHealth,
    FailedDay,
    FailedLogin,
    Flow,
    OutboxEffect,
    Tally,
    Ticket,
)
from linekey.usecases import carry_out_case, keep_health, purge_campaign, purge_case, send_webhook

log = logging.getLogger("linekey.schedule")

LOOK_EVERY = timedelta(seconds=5)
SWEEP_EVERY = timedelta(hours=1)
LOOKS_KEPT = timedelta(days=1)
"""Settled looks at devices say nothing after a day; every other effect stays as history."""
_BRIEF = ("observe", "recover", "code", "activate", "case", "call_back", "webhook")
"""None is history; what was typed to recover an account may even have been typed in the wrong box."""
FAILURES_KEPT = timedelta(days=30)
TICKETS_KEPT = timedelta(days=30)


def run(outside: Outside, stop: Event) -> None:
    """Until `stop`. Several workers may do the same: each look overwrites the last."""
    swept = timezone.now() - SWEEP_EVERY
    pause = 0.0
    while not stop.wait(pause):
        now, pause = timezone.now(), LOOK_EVERY.total_seconds()
        try:
            look_at_elements(outside, now)
            carry_out_case.carry_out_due(now=now)
            send_webhook.send_due(now=now)
            send_webhook.give_up_due(now=now)
            keep_health.keep(now=now)
            if now - swept >= SWEEP_EVERY:
                sweep(now)
                swept = now
        except (DatabaseError, InterfaceError) as trouble:
            log.warning("database unreachable, looking again later: %s", type(trouble).__name__)
            connection.close()


def look_at_elements(outside: Outside, now: datetime) -> None:
    for name, registrar in outside.registrars.items():
        _write_down(name, "registrar", (asdict(found) for found in registrar.health()), now)
        _ask_for_grace(registrar)
        _ask_for_copies(registrar, now)
    for name, server in outside.access_servers.items():
        _write_down(name, "access_server", (asdict(found) for found in server.health()), now)
        _ask_for_grace(server)
        _ask_for_copies(server, now)
    _write_down("mail", "mail", outside.mail.health(), now)
    if outside.sms is not None:
        _write_down("sms", "sms", outside.sms.health(), now)
    else:
        # A gateway that was given up must not stay on the board, never looked at again.
        ElementHealth.objects.filter(name="sms").delete()


def _write_down(name: str, role: str, findings: Iterable[dict[str, Any]], now: datetime) -> None:
    found = list(findings)
    good = all(item["good"] for item in found)
    last = ElementHealth.objects.filter(name=name).first()
    since = last.since if last is not None and last.good == good else now
    ElementHealth.objects.update_or_create(
        name=name,
        defaults={"role": role, "seen_at": now, "good": good, "since": since, "findings": found},
    )


def _ask_for_grace(element: Telling) -> None:
    """While it does not answer, what it said last holds."""
    with suppress(Unreachable, Rejected):
        ElementHealth.objects.filter(name=element.name).update(grace=element.takes_grace())


def _ask_for_copies(element: Telling, now: datetime) -> None:
    """While it does not answer nobody knows: the last look grows old, and pages say so."""
    with suppress(Unreachable, Rejected):
        copies.keep(element.name, element.copies(), now=now)


def sweep(now: datetime) -> None:
    purge_case.purge_due(now=now)
    purge_campaign.purge_due(now=now)
    send_webhook.sweep(now=now)
    Session.objects.filter(expire_date__lt=now).delete()
    OutboxEffect.objects.filter(kind__in=_BRIEF, settled_at__lt=now - LOOKS_KEPT).delete()
    # Notices for nobody: the work of locking an account that does not exist (law 7).
    OutboxEffect.objects.filter(
        kind="notify", person=None, service=None, settled_at__lt=now - LOOKS_KEPT
    ).delete()
    FailedLogin.objects.filter(hour__lt=now - FAILURES_KEPT).delete()
    FailedDay.objects.filter(day__lt=(now - FAILURES_KEPT).date()).delete()
    Ticket.objects.filter(expires_at__lt=now - TICKETS_KEPT).delete()
    phones.sweep(now)
    Flow.objects.filter(expires_at__lt=now - LOOKS_KEPT).delete()
    AccessToken.objects.filter(expires_at__lt=now - LOOKS_KEPT).delete()
    Tally.objects.filter(since__lt=now - LOOKS_KEPT).exclude(until__gt=now).delete()
