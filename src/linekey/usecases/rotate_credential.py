"""Change, reset, send or retire the secret of a service: four verbs on one body.

Each records a new version, its effects and an audit line in one transaction. Nothing here touches the
network: the receipt says what was promised, the page of the service says what has become true.

`mode` says what becomes of the old secret; None leaves that to the policy. Each raises GraceNotOffered when
`Mode.GRACE` was asked for by name where it cannot be.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.drawing import draw
from linekey.domain.effects import EffectKind
from linekey.domain.errors import (
    AlreadyShown,
    GraceNotOffered,
    ManagedByPhone,
    NoContact,
    ServiceNotActive,
    VerbNotOffered,
)
from linekey.domain.kinds import KINDS, Delivery, Mode, Verb
from linekey.domain.rotation import plan as plan_effects
from linekey.domain.secret import Secret
from linekey.records import audit, find, grace, outbox, tickets, versions
from linekey.records.models import CredentialVersion, Service
from linekey.usecases import judge_secret, record_version


@dataclass(frozen=True)
class Receipt:
    """What was promised. `shown_once` is the only time the new secret is ever told."""

    reference: str
    plan: str
    version: int | None
    """Number of the new version; None when nothing changes before a link is opened."""
    shown_once: Secret | None = None


def change(
    *,
    actor: Actor,
    reference: str,
    new: Secret,
    operation: str,
    now: datetime,
    mode: Mode | None = None,
) -> Receipt:
    """The owner types a secret of their choice (SIP-2). Raises PasswordRefused naming each broken rule."""
    with transaction.atomic(durable=True):
        service = _open(actor, reference, Verb.CHANGE, now)
        if (repeated := repeated_receipt(service, operation)) is not None:
            return repeated
        judge_secret.require_good(judge_secret.judge_for(service, new))
        return _record(actor, service, Verb.CHANGE, operation, now, secret=new, mode=mode)


def reset(
    *, actor: Actor, reference: str, operation: str, now: datetime, mode: Mode | None = None
) -> Receipt:
    """Draw a secret and show it once (CTX-6). Raises AlreadyShown when `operation` comes a second time."""
    with transaction.atomic(durable=True):
        return reset_within(actor=actor, reference=reference, operation=operation, now=now, mode=mode)


def reset_within(
    *, actor: Actor, reference: str, operation: str, now: datetime, mode: Mode | None = None
) -> Receipt:
    """`reset`, inside the transaction of another use-case."""
    service = _open(actor, reference, Verb.RESET, now)
    if repeated_receipt(service, operation) is not None:
        raise AlreadyShown()
    drawn = _draw(service)
    return _record(actor, service, Verb.RESET, operation, now, secret=drawn, mode=mode, shown_once=drawn)


def send(
    *,
    actor: Actor,
    reference: str,
    operation: str,
    now: datetime,
    mode: Mode | None = None,
    compromised: bool = False,
) -> Receipt:
    """Draw a secret and deliver it to the contact as the operator's policy says (PPP-4, NEW-5).

    By a link nothing changes yet: `mode` is decided when it is opened.
    """
    with transaction.atomic(durable=True):
        return send_within(
            actor=actor,
            reference=reference,
            operation=operation,
            now=now,
            mode=mode,
            compromised=compromised,
        )


def send_within(
    *,
    actor: Actor,
    reference: str,
    operation: str,
    now: datetime,
    mode: Mode | None = None,
    compromised: bool = False,
) -> Receipt:
    """`send`, inside the transaction of another use-case."""
    service = _open(actor, reference, Verb.SEND, now)
    if (repeated := repeated_receipt(service, operation)) is not None:
        return repeated
    if service.owner is None:
        raise NoContact()
    delivery = find.delivery_for(service)
    # A link draws the secret when it is opened, so there is nothing to draw, or to store, before.
    secret = _draw(service) if delivery is Delivery.MAIL else None
    return _record(
        actor,
        service,
        Verb.SEND,
        operation,
        now,
        secret=secret,
        mode=mode,
        delivery=delivery,
        compromised=compromised,
    )


def for_phone_within(
    *, service: Service, plan: str, first_step: int, now: datetime
) -> tuple[CredentialVersion, Secret]:
    """Draw a secret for the handset which fetches it at this moment: the one way past ManagedByPhone (SIP-6).

    Within the transaction of another use-case, which holds the lock of the service. In grace wherever the
    element can, whatever the policy says: the handset is still on its way. Nobody is written to: nobody has
    anything to do.
    """
    kind, drawn, last = KINDS[service.kind], _draw(service), versions.last(service)
    offer = grace.offer_for(service, newest=last)
    mode = Mode.IMMEDIATE if offer.why_not else Mode.GRACE
    kept = offer.lasts if mode is Mode.GRACE else timedelta(0)
    version = _new_version(None, service, Verb.RESET, plan, drawn, kept, now, last)
    tickets.void_for(service, now=now)
    outbox.hurry(service, now=now)
    effects = plan_effects(kind, Verb.RESET, mode=mode)
    outbox.put(
        [effect for effect in effects if effect.kind is not EffectKind.NOTIFY],
        plan=plan,
        now=now,
        service=service,
        version=version,
        person=service.owner,
        first_step=first_step,
    )
    return version, drawn


def retire(*, actor: Actor, reference: str, operation: str, now: datetime) -> Receipt:
    """The network accepts no secret for this service until a new one is made."""
    with transaction.atomic(durable=True):
        service = _open(actor, reference, Verb.RETIRE, now)
        if (repeated := repeated_receipt(service, operation)) is not None:
            return repeated
        return _record(actor, service, Verb.RETIRE, operation, now)


def _open(actor: Actor, reference: str, verb: Verb, now: datetime) -> Service:
    """The locked service, once everything that could refuse the verb has been asked."""
    service = find.service(actor, reference, lock=True)
    if verb not in KINDS[service.kind].verbs:
        raise VerbNotOffered()
    if service.state != Service.State.ACTIVE:
        raise ServiceNotActive()
    if verb is not Verb.RETIRE and service.kind == Service.Kind.SIP_LINE and service.sip.managed_phone:
        raise ManagedByPhone(phone=service.sip.managed_phone)
    access.require(actor, Action(verb.value), owner_id=service.owner_id, now=now)
    return service


def plan_id(service: Service, operation: str) -> str:
    """The same request for the same service is the same plan, however often it arrives."""
    return uuid5(NAMESPACE_URL, f"linekey:{service.pk}:{operation}").hex


def repeated_receipt(service: Service, operation: str) -> Receipt | None:
    """The receipt of this very operation if it was already carried out; the lock makes the answer exact."""
    plan = plan_id(service, operation)
    version = versions.of_plan(service, plan)
    if version is None and not outbox.has_promised(plan):
        return None
    return Receipt(service.reference, plan, version.number if version else None)


def _draw(service: Service) -> Secret:
    kind = KINDS[service.kind]
    return draw(kind, judge_secret.rules_for(service), judge_secret.circumstances_of(service))


def _record(
    actor: Actor,
    service: Service,
    verb: Verb,
    operation: str,
    now: datetime,
    *,
    secret: Secret | None = None,
    mode: Mode | None = None,
    delivery: Delivery | None = None,
    compromised: bool = False,
    shown_once: Secret | None = None,
) -> Receipt:
    kind = KINDS[service.kind]
    plan = plan_id(service, operation)
    version, kept = None, timedelta(0)
    if secret is not None or verb is Verb.RETIRE:
        last = versions.last(service)
        if secret is not None and not compromised:
            kept = _kept_for(service, mode, last)
        version = _new_version(actor, service, verb, plan, secret, kept, now, last)
        # A link sent before would draw yet another secret, days later, over the one just made.
        tickets.void_for(service, now=now)
        outbox.hurry(service, now=now)
    outbox.put(
        plan_effects(
            kind,
            verb,
            mode=Mode.GRACE if kept else Mode.IMMEDIATE,
            delivery=delivery,
            compromised=compromised,
        ),
        plan=plan,
        now=now,
        service=service,
        version=version,
        person=service.owner,
    )
    number = version.number if version else None
    audit.write(
        action=f"credential.{verb}",
        now=now,
        actor=actor,
        service=service,
        compromised=str(compromised),
        grace_hours=str(kept // timedelta(hours=1)),
        version=str(number or ""),
    )
    return Receipt(service.reference, plan, number, shown_once)


def _kept_for(service: Service, mode: Mode | None, last: CredentialVersion | None) -> timedelta:
    """How long the old secret is accepted beside the new one; nothing where it is cut."""
    offer = grace.offer_for(service, newest=last)
    if mode is Mode.GRACE and offer.why_not:
        raise GraceNotOffered()
    return offer.lasts if (mode or offer.default) is Mode.GRACE else timedelta(0)


def _new_version(
    actor: Actor | None,
    service: Service,
    verb: Verb,
    plan: str,
    secret: Secret | None,
    kept: timedelta,
    now: datetime,
    last: CredentialVersion | None,
) -> CredentialVersion:
    versions.supersede_planned(service)
    version = record_version.drawn_up(
        service,
        verb,
        plan=plan,
        secret=secret,
        kept=kept,
        number=last.number + 1 if last else 1,
        made_by_id=actor.person_id if actor else None,
        now=now,
        rules=find.policy_of(service.organisation).sip_rules if verb is Verb.CHANGE else "",
    )
    versions.add(version)
    return version
