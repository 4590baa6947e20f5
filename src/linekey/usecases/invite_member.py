"""Open an account for a colleague or an administrator of a company below (TEAM-10).

They get a welcome mail, and choose the password themselves.

An e-mail address is unique under one reseller, hence across companies which must not know of each other. The
answer is the same whether or not another company has the address. If one has, its owner is told, and what the
inviter sees among the members is somebody who never activates their account: that account has no mailbox and
opens nothing. Of whom they see anyway there is no second account.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Q

from linekey.domain import access, customer_ids, names
from linekey.domain.access import Action, Actor, Role
from linekey.domain.contacts import NOBODYS
from linekey.domain.effects import Effect, EffectKind
from linekey.domain.errors import HasPrimaryAdministrator, NotAllowed
from linekey.records import audit, find, members, organisations, outbox
from linekey.records.models import Organisation, OutboxEffect, Person, SipLine
from linekey.usecases import draw_customer_id, read_contact
from linekey.usecases.act_on_member import plan_of


@dataclass(frozen=True)
class NewMember:
    first_name: str
    last_name: str
    email: str
    role: Role
    phone: str = ""
    extension: str = ""


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
    organisation: str = "",
    operation: str = "",
) -> str:
    """The new member's customer ID. `operation` is the request's own name: sent twice, it invites once.

    They belong to the organisation of whoever invites, or to the one below it whose number `organisation` is.
    Raises NotFound, NotAllowed, StepUpNeeded, Malformed, AddressRefused, HasPrimaryAdministrator.
    """
    new = NewMember(first_name, last_name, email, role, phone, extension)
    with transaction.atomic(durable=True):
        own = find.person(actor.person_id).organisation
        place = organisations.one(actor, organisation) if organisation else own
        plan = plan_of(actor, "", operation) if operation else uuid4().hex
        if operation:
            # Of two that are one request, the second waits, and finds what the first did.
            Person.objects.select_for_update(no_key=True).get(pk=actor.person_id)
        earlier = OutboxEffect.objects.filter(plan=plan).first()
        if earlier is not None:
            return str(earlier.facts["member"])
        return invite_within(actor=actor, organisation=place, new=new, now=now, plan=plan)


def invite_within(
    *, actor: Actor, organisation: Organisation, new: NewMember, now: datetime, plan: str = ""
) -> str:
    """`invite` into an organisation which the actor was found to see, inside the transaction of another."""
    access.require(actor, Action.INVITE, owner_id=None, now=now)
    if new.role not in access.roles_to_give(
        actor, path=organisation.path, kind=organisations.kind_of(organisation)
    ):
        raise NotAllowed()
    inviter = find.person(actor.person_id)
    number, behind = read_contact.phone(new.phone, new.extension) if new.phone or new.extension else ("", "")
    member = Person(
        email=read_contact.email(new.email),
        tenant=organisations.tenant_of(organisation),
        organisation=organisation,
        role=new.role,
        first_name=names.read(new.first_name, field="first_name"),
        last_name=names.read(new.last_name, field="last_name"),
        phone=number,
        extension=behind,
        phone_verified_at=now if _is_ours(number, organisation) else None,
        language=inviter.language,
        created_at=now,
        password=make_password(None),
    )
    _require_room(organisation, new.role)
    member.customer_id = draw_customer_id.drawn(customer_ids.suffix_of(actor.customer_id))
    # Whoever has the address already, colleague or not, gets one answer here and a mail of their own:
    # told apart, two invitations would tell which addresses other companies hold.
    owner, made = _make(actor, member)
    audit.write(
        action="member.invited",
        now=now,
        actor=actor,
        person=member if made else None,
        organisation=organisation,
        member=member.customer_id,
        role=new.role.value,
    )
    facts = {"by": inviter.organisation.name, "member": member.customer_id}
    mail = Effect(EffectKind.ACTIVATE, message="account_exists" if owner else "welcome", facts=facts)
    outbox.put([mail], plan=plan or uuid4().hex, now=now, person=owner or member)
    return member.customer_id


def _require_room(organisation: Organisation, role: Role) -> None:
    """A company has one primary administrator; the lock lets two invitations at once be one."""
    if role is not Role.PRIMARY_ADMIN:
        return
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if Person.objects.filter(organisation=organisation, role=role, is_active=True).exists():
        raise HasPrimaryAdministrator()


def _make(actor: Actor, member: Person) -> tuple[Person | None, bool]:
    """Who has the address already, and whether there is a new account. Tried either way: the same work."""
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError:
        owner = Person.objects.select_related("organisation").get(tenant=member.tenant, email=member.email)
        known = members.visible(actor).filter(Q(pk=owner.pk) | Q(invited_as=member.email)).exists()
        if not known:
            member.invited_as, member.email = member.email, f"{member.customer_id}@{NOBODYS}"
            member.save()
        return owner, not known
    return None, True


def _is_ours(number: str, organisation: Organisation) -> bool:
    """Only the number of a line of the organisation itself counts before it answered.

    Else an administrator could claim another company's, which would then sign nobody in there.
    """
    return (
        bool(number)
        and SipLine.objects.filter(number=number, service__path__startswith=organisation.path).exists()
    )
