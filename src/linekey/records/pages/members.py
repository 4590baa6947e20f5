"""The people whom somebody looks after, as a list: by key; nothing is counted."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from linekey.domain.access import Action, Actor, Role
from linekey.domain.errors import NotFound
from linekey.domain.members import DisabledFor, may_act_on, reads_address, reason_of
from linekey.records import members as rows
from linekey.records.models import Factor, Organisation, Person
from linekey.records.pages.services import masked

ROWS = 50


class Standing(StrEnum):
    """What a list of members is narrowed to."""

    LOCKED = "locked"
    NOT_ACTIVATED = "not_activated"
    NO_SECOND_FACTOR = "no_second_factor"
    DISABLED = "disabled"


@dataclass(frozen=True)
class MemberSearch:
    """All of it at once; empty narrows nothing."""

    standing: Standing | None = None
    role: Role | None = None
    text: str = ""
    """Words of a name, a customer ID or the start of one, or a whole e-mail address."""
    organisation: int | None = None


@dataclass(frozen=True)
class MemberRow:
    customer_id: str
    name: str
    email: str
    """Masked where the actor is not to learn it."""
    role: Role
    organisation: str
    organisation_id: int
    locked_until: datetime | None
    activated: bool
    second_factor: bool
    disabled_for: DisabledFor | None
    must_change_password: bool
    can_unlock: bool
    """It is locked, and the actor may end that."""


@dataclass(frozen=True)
class MembersPage:
    rows: list[MemberRow]
    next: str | None
    """`after` of the next page; None at the end."""
    organisation: str
    """Name of the organisation asked for; empty when none was, or the actor sees none such."""


def members(
    actor: Actor, search: MemberSearch, *, now: datetime, after: str = "", limit: int = ROWS
) -> MembersPage:
    """By organisation, then by name; `after` is a customer ID. A subscriber sees themselves alone."""
    people = _narrowed(actor, search, now)
    if after:
        people = people.filter(_behind(actor, after))
    secured = Exists(Factor.objects.filter(person=OuterRef("pk")))
    ordered = people.annotate(secured=secured).order_by("organisation_id", "last_name", "id")
    found = list(ordered[: limit + 1])
    shown = found[:limit]
    locks = rows.locks_among([person.pk for person in shown], now=now)
    return MembersPage(
        rows=[row_of(actor, person, locks.get(person.pk), person.secured) for person in shown],
        next=shown[-1].customer_id if len(found) > limit else None,
        organisation=_name(actor, search.organisation),
    )


def _narrowed(actor: Actor, search: MemberSearch, now: datetime) -> QuerySet[Person]:
    people = rows.visible(actor)
    if search.organisation is not None:
        people = people.filter(organisation_id=search.organisation)
    if search.role is not None:
        people = people.filter(role=search.role)
    for word in search.text.replace("\0", "").split():
        named = Q(first_name__icontains=word) | Q(last_name__icontains=word)
        people = people.filter(
            named
            | Q(customer_id__startswith=word.lower())
            | Q(email=word.lower())
            | Q(invited_as=word.lower())
        )
    if search.standing is Standing.LOCKED:
        return people.filter(pk__in=rows.locked(now=now))
    if search.standing is Standing.NOT_ACTIVATED:
        return people.filter(activated_at=None)
    if search.standing is Standing.NO_SECOND_FACTOR:
        return people.exclude(Exists(Factor.objects.filter(person=OuterRef("pk"))))
    if search.standing is Standing.DISABLED:
        return people.filter(is_active=False)
    return people


def _behind(actor: Actor, after: str) -> Q:
    """What comes later than this person. One the actor does not see has no place among theirs: start anew."""
    try:
        last = rows.member(actor, after)
    except NotFound:
        return Q()
    here = Q(organisation_id=last.organisation_id)
    same = here & Q(last_name=last.last_name)
    later = Q(organisation_id__gt=last.organisation_id) | (here & Q(last_name__gt=last.last_name))
    return Q(organisation_id__gte=last.organisation_id) & (later | (same & Q(pk__gt=last.pk)))


def row_of(actor: Actor, person: Person, locked_until: datetime | None, secured: bool) -> MemberRow:
    role = Role(person.role)
    whole = reads_address(actor, person_id=person.pk, role=role)
    may_unlock = may_act_on(actor, Action.UNLOCK, person_id=person.pk, role=role)
    return MemberRow(
        customer_id=person.customer_id,
        name=person.full_name,
        email=person.shown_email if whole else masked(person.shown_email),
        role=role,
        organisation=person.organisation.name,
        organisation_id=person.organisation_id,
        locked_until=locked_until,
        activated=person.activated_at is not None,
        second_factor=secured,
        disabled_for=reason_of(person.disabled_for) if not person.is_active else None,
        must_change_password=person.must_change_password,
        can_unlock=locked_until is not None and may_unlock,
    )


def _name(actor: Actor, organisation: int | None) -> str:
    if organisation is None:
        return ""
    seen = Organisation.objects.filter(pk=organisation, path__startswith=actor.path)
    return seen.values_list("name", flat=True).first() or ""
