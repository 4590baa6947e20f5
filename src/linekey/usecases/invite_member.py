"""Open an account for a colleague (TEAM-10): they get a welcome mail, and choose the password themselves.

An e-mail address is unique under one reseller, hence across companies which must not know of each other. The
answer is the same whether or not another company has the address. If one has, no account is made, the inviter
gets a customer ID nobody has, and the owner of the address is told. Whom they can see anyway may be named.
"""

from datetime import datetime
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from linekey.domain import access, customer_ids, names
from linekey.domain.access import MAY_GIVE, Action, Actor, Role
from linekey.domain.effects import Effect, EffectKind
from linekey.domain.errors import NotAllowed
from linekey.records import audit, find, outbox
from linekey.records.models import Person, SipLine
from linekey.usecases import draw_customer_id, read_contact


def invite(
    *,
    actor: Actor,
    first_name: str,
    last_name: str,
    email: str,
    role: Role,
    now: datetime,
    phone: str = "",
    extension: str = "",
) -> str:
    """The new member's customer ID. They belong to the organisation of whoever invites.

    Raises NotAllowed, StepUpNeeded, Malformed, AddressRefused.
    """
    access.require(actor, Action.INVITE, owner_id=None, now=now)
    if role not in MAY_GIVE[actor.role]:
        raise NotAllowed()
    inviter = find.person(actor.person_id)
    number, behind = read_contact.phone(phone, extension) if phone or extension else ("", "")
    member = Person(
        email=read_contact.email(email),
        tenant=inviter.tenant,
        organisation=inviter.organisation,
        role=role,
        first_name=names.read(first_name, field="first_name"),
        last_name=names.read(last_name, field="last_name"),
        phone=number,
        extension=behind,
        phone_verified_at=now if _is_ours(number, actor) else None,
        language=inviter.language,
        created_at=now,
        password=make_password(None),
    )
    with transaction.atomic(durable=True):
        member.customer_id = draw_customer_id.drawn(customer_ids.suffix_of(actor.customer_id))
        # Whoever has the address already, colleague or not, gets one answer here and a mail of their own:
        # told apart, two invitations would tell which addresses other companies hold.
        owner = _make(member)
        audit.write(
            action="member.invited",
            now=now,
            actor=actor,
            person=None if owner else member,
            member=member.customer_id,
            role=role.value,
        )
        facts = {"by": inviter.organisation.name}
        mail = Effect(EffectKind.ACTIVATE, message="account_exists" if owner else "welcome", facts=facts)
        outbox.put([mail], plan=uuid4().hex, now=now, person=owner or member)
    return member.customer_id


def _make(member: Person) -> Person | None:
    """None once made, else who has the address. Tried either way: the same work for both."""
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError:
        taken = Person.objects.select_related("organisation")
        return taken.get(tenant=member.tenant, email=member.email)
    return None


def _is_ours(number: str, actor: Actor) -> bool:
    """Only the number of a line of one's own organisation counts before it answered.

    Else an administrator could claim another company's, which would then sign nobody in there.
    """
    return (
        bool(number) and SipLine.objects.filter(number=number, service__path__startswith=actor.path).exists()
    )
