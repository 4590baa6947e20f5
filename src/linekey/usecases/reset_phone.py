"""Reset the handset of a line: it is asked to fetch a new password by itself, and nothing is cut (SIP-6).

The registrar tells it so while its registration still lives (NOTIFY, Event: check-sync). Until it comes the
old password works; one which never comes changes nothing.
"""

from datetime import datetime

from django.db import transaction

from linekey.domain.access import Action, Actor
from linekey.domain.effects import Effect, EffectKind
from linekey.records import audit
from linekey.usecases import give_phone, rotate_credential
from linekey.usecases.rotate_credential import Receipt


def reset(*, actor: Actor, reference: str, operation: str, now: datetime) -> Receipt:
    """Raises NoPhone."""
    with transaction.atomic(durable=True):
        service = give_phone.open_line(actor, reference, Action.RESET, now)
        if (repeated := rotate_credential.repeated_receipt(service, operation)) is not None:
            return repeated
        phone = give_phone.require_phone(service)
        plan = rotate_credential.plan_id(service, operation)
        asked = [Effect(EffectKind.NOTIFY_PHONE, ordered=False), Effect(EffectKind.FETCH, ordered=False)]
        give_phone.ask(phone, service, plan, asked, now)
        audit.write(action="phone.reset", now=now, actor=actor, service=service)
        return Receipt(service.reference, plan, None)
