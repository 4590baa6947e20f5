"""Give a line a Plug & Phone handset, take it away, and open its first access again (SIP-3, SIP-6).

The address for first access is shown once, to whoever asked. Nothing changes on the network before the
handset comes: the password is drawn when it fetches its configuration.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.effects import Effect, EffectKind
from linekey.domain.errors import AlreadyShown, HasPhone, MacTaken, NoPhone, ServiceNotActive, VerbNotOffered
from linekey.domain.phones import TokenKind, file_of, folder_of, require_mac, require_model, require_vendor
from linekey.domain.secret import Secret
from linekey.records import audit, find, outbox, phones
from linekey.records.models import Phone, Service
from linekey.usecases import rotate_credential
from linekey.vault import seal


@dataclass(frozen=True)
class FirstAccess:
    """What a handset is given by hand, once."""

    reference: str
    address: Secret
    """Of the folder for makes which want that, else of the file."""
    expires_at: datetime


def give(
    *,
    actor: Actor,
    reference: str,
    vendor: str,
    model: str,
    mac: str,
    public_url: str,
    operation: str,
    now: datetime,
) -> FirstAccess:
    """Raises Malformed, HasPhone, MacTaken; AlreadyShown when `operation` comes a second time."""
    with transaction.atomic(durable=True):
        service = open_line(actor, reference, Action.GIVE_PHONE, now)
        make = require_vendor(vendor)
        model, mac = require_model(model), require_mac(mac, make)
        plan = rotate_credential.plan_id(service, operation)
        if phones.issued(plan):
            raise AlreadyShown()
        if (held := phones.of(service)) is not None:
            raise HasPhone(phone=phones.name_of(held.vendor, held.model))
        try:
            with transaction.atomic():
                phone = Phone.objects.create(
                    service=service,
                    vendor=make.code,
                    model=model,
                    mac=mac,
                    given_by_id=actor.person_id,
                    given_at=now,
                )
        except IntegrityError:
            raise MacTaken() from None
        service.sip.managed_phone = phones.name_of(make.code, model)
        service.sip.save(update_fields=["managed_phone"])
        audit.write(
            action="phone.give",
            now=now,
            actor=actor,
            service=service,
            phone=service.sip.managed_phone,
            mac=mac,
        )
        return _open_first(phone, service, plan, public_url, now)


def open_first_access(
    *, actor: Actor, reference: str, public_url: str, operation: str, now: datetime
) -> FirstAccess:
    """A new address, for a handset which was reset to factory settings or never came.

    Raises NoPhone; AlreadyShown when `operation` comes a second time.
    """
    with transaction.atomic(durable=True):
        service = open_line(actor, reference, Action.RESET, now)
        plan = rotate_credential.plan_id(service, operation)
        if phones.issued(plan):
            raise AlreadyShown()
        phone = require_phone(service)
        audit.write(action="phone.open", now=now, actor=actor, service=service)
        return _open_first(phone, service, plan, public_url, now)


def take(*, actor: Actor, reference: str, now: datetime) -> None:
    """What the handset may fetch by is dead; the password it holds stays, until the line gets another.

    Raises NoPhone.
    """
    with transaction.atomic(durable=True):
        service = find.service(actor, reference, lock=True)
        access.require(actor, Action.GIVE_PHONE, owner_id=service.owner_id, now=now)
        named = service.sip.managed_phone if service.kind == Service.Kind.SIP_LINE else ""
        if not named:
            raise NoPhone()
        Phone.objects.filter(service=service).delete()
        service.sip.managed_phone = ""
        service.sip.save(update_fields=["managed_phone"])
        audit.write(action="phone.take", now=now, actor=actor, service=service, phone=named)


def open_line(actor: Actor, reference: str, action: Action, now: datetime) -> Service:
    """The locked line, once everything that could refuse has been asked."""
    service = find.service(actor, reference, lock=True)
    if service.kind != Service.Kind.SIP_LINE:
        raise VerbNotOffered()
    if service.state != Service.State.ACTIVE:
        raise ServiceNotActive()
    access.require(actor, action, owner_id=service.owner_id, now=now)
    return service


def require_phone(service: Service) -> Phone:
    """Raises NoPhone."""
    phone = phones.of(service)
    if phone is None:
        raise NoPhone()
    return phone


def ask(phone: Phone, service: Service, plan: str, effects: list[Effect], now: datetime) -> None:
    """The handset is to fetch a new password; `effects` bring it to, and tell whether it came."""
    phone.asked_at, phone.asked_plan = now, plan
    phone.save(update_fields=["asked_at", "asked_plan"])
    outbox.put(effects, plan=plan, now=now, service=service, person=service.owner)


def _open_first(phone: Phone, service: Service, plan: str, public_url: str, now: datetime) -> FirstAccess:
    drawn = seal.new_token()
    token = phones.issue(phone, TokenKind.FIRST, seal.digest(drawn), now=now, operation=plan)
    ask(phone, service, plan, [Effect(EffectKind.FETCH, ordered=False)], now)
    make, folder = require_vendor(phone.vendor), folder_of(public_url, drawn)
    address = folder if make.folder else Secret(f"{folder.reveal()}{file_of(make, phone.mac)}")
    return FirstAccess(service.reference, address, token.expires_at or now)
