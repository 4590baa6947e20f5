"""Ask for an account of one's own (ACC-10). Nothing is open before the mailbox has answered.

Always the same answer after the same work (law 7); the worker alone finds out who has the address.
"""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from linekey.domain import languages, names
from linekey.domain.effects import Effect, EffectKind
from linekey.domain.flows import FlowKind, FlowState, Visitor
from linekey.domain.limits import ASKED_BY_NETWORK
from linekey.domain.networks import network_of
from linekey.records import audit, flows, outbox, tallies
from linekey.usecases import draw_customer_id, read_contact


def ask(
    *,
    first_name: str,
    last_name: str,
    email: str,
    language: str,
    suffix: str,
    visitor: Visitor,
    now: datetime,
) -> None:
    """`suffix` ends every customer ID of this operator.

    Raises Malformed, AddressRefused, and TooManyAttempts, about the network alone.
    """
    languages.require_spoken(language)
    asked = {
        "first_name": names.read(first_name, field="first_name"),
        "last_name": names.read(last_name, field="last_name"),
        "email": read_contact.email(email),
        "language": language,
    }
    tallies.require({f"created:{network_of(visitor.address)}": ASKED_BY_NETWORK}, now=now)
    with transaction.atomic(durable=True):
        facts = {**asked, "customer_id": draw_customer_id.drawn(suffix)}
        # Bound to no browser: the mail is often read on another device.
        flow = flows.begin(FlowKind.ACTIVATION, FlowState.LINK, person=None, browser="", now=now, facts=facts)
        audit.write(action="account.asked", now=now, actor=None, address=visitor.address)
        link = Effect(EffectKind.ACTIVATE, message="activate_account", facts={"flow": flow.reference})
        outbox.put([link], plan=uuid4().hex, now=now)
