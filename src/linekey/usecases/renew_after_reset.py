"""The modem of an access lost its settings: renew the credentials and deliver them (PPP-2).

Whoever tells it, the operator's auto-configuration server (TR-069, event « 0 BOOTSTRAP ») or a person
beside the modem: the login stays, the password always changes, the policy says how it is sent (NEW-5).
"""

from datetime import datetime, timedelta

from django.db import transaction

from linekey.domain.access import Actor
from linekey.domain.errors import ModemResetTooOften, VerbNotOffered
from linekey.domain.kinds import PPPOE_ACCESS, Mode
from linekey.records import audit, find
from linekey.records.models import AuditEntry, Service
from linekey.usecases.rotate_credential import Receipt, repeated_receipt, send_within

MOST = 5
"""Renewals of one access within `WITHIN`: a modem which restarts over and over must not flood a mailbox."""
WITHIN = timedelta(days=1)
ACTION = "service.modem_reset"


def renew(
    *, actor: Actor, reference: str, operation: str, now: datetime, mode: Mode | None = None
) -> Receipt:
    """An event that is told again under the same `operation` renews nothing, and counts for nothing.

    `mode` is left to the policy where nobody chooses, as everywhere. A modem which truly lost its password
    uses neither, so keeping the old one a while costs nothing; « 0 BOOTSTRAP » also comes from one which only
    changed servers, and cutting would take that customer offline until they read their mail.

    Raises NotFound, VerbNotOffered for anything but an access, ModemResetTooOften, and whatever
    `rotate_credential.send` raises.
    """
    with transaction.atomic(durable=True):
        service = find.service(actor, reference, lock=True)
        if service.kind != PPPOE_ACCESS.code:
            raise VerbNotOffered()
        repeated = repeated_receipt(service, operation) is not None
        receipt = send_within(actor=actor, reference=reference, operation=operation, now=now, mode=mode)
        if not repeated:
            # Afterwards: whoever may not send learns nothing of how often. What was promised is undone.
            _require_room(service, now)
            audit.write(action=ACTION, now=now, actor=actor, service=service)
        return receipt


def _require_room(service: Service, now: datetime) -> None:
    """Counted under the lock of the service, so of many events at once no more than `MOST` pass."""
    told = AuditEntry.objects.filter(service=service, action=ACTION, at__gt=now - WITHIN).order_by("-id")
    moments = list(told.values_list("at", flat=True)[:MOST])
    if len(moments) == MOST:
        raise ModemResetTooOften(min(moments) + WITHIN)
