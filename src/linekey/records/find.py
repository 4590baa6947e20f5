"""Rows for use-cases.

Every read starts from what the actor may see; unknown and not-yours are one answer (law 11).
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from linekey.domain.access import Actor, Door, Role, Scope
from linekey.domain.errors import NotFound
from linekey.domain.identifiers import Identifier
from linekey.domain.kinds import KINDS, Delivery
from linekey.domain.policy import Policy, inherit
from linekey.records import versions
from linekey.records.models import (
    CredentialVersion,
    ElementHealth,
    Factor,
    Organisation,
    Person,
    RecoveryCode,
    Service,
)
from linekey.records.prepared import Question, number, text

LONGEST_REFERENCE = 60


def visible_services(actor: Actor) -> QuerySet[Service]:
    """The services `actor` may know of, as `domain.access.sees` says of one."""
    return _visible(owner=actor.person_id if actor.role is Role.SUBSCRIBER else None, path=actor.path)


def _visible(*, owner: Any, path: Any) -> QuerySet[Service]:
    """Values, or places for them. `owner` is None for whoever sees a whole branch."""
    services = Service.objects.select_related("sip", "ppp", "owner", "organisation", "site", "observation")
    return services.filter(path__startswith=path) if owner is None else services.filter(owner_id=owner)


def service(actor: Actor, reference: str, *, lock: bool = False) -> Service:
    """One service. Raises NotFound.

    `lock` takes its row for the transaction, so that changes number their effects in commit order.
    """
    # NUL cannot be sent to PostgreSQL at all; a reference that long names nothing.
    if "\0" in reference or len(reference) > LONGEST_REFERENCE:
        raise NotFound()
    asked = _SERVICE[actor.role is Role.SUBSCRIBER, lock]
    found = asked.first(reference=reference, person=actor.person_id, path=actor.path)
    if found is None:
        raise NotFound()
    return found


def _one(*, owned: bool, locked: bool) -> QuerySet[Service]:
    """With the organisations above its own, which say its policy together, and what its element can do."""
    rows = _visible(owner=number("person") if owned else None, path=text("path"))
    rows = rows.select_related("organisation__parent__parent").filter(reference=text("reference"))
    element = Q(name=OuterRef("sip__element")) | Q(name=OuterRef("ppp__element"))
    rows = rows.annotate(keeps_two=Exists(ElementHealth.objects.filter(element, grace=True)))
    return rows.select_for_update(of=("self",)) if locked else rows


_SERVICE = {
    (owned, locked): Question(partial(_one, owned=owned, locked=locked))
    for owned in (False, True)
    for locked in (False, True)
}


def delivery_for(service: Service, policy: Policy | None = None) -> Delivery:
    """The operator's delivery where the kind offers it, else the kind's own; `policy` when it is at hand."""
    kind = KINDS[service.kind]
    wanted = (policy or policy_of(service.organisation)).pppoe_delivery
    return wanted if wanted in kind.deliveries else next(iter(kind.deliveries), Delivery.LINK)


def newest_version(service: Service) -> CredentialVersion | None:
    """The version that is to be true on the element.

    It is the newest that was neither abandoned nor overtaken before the element took it.
    """
    return versions.newest(service)


def person_by_identifier(who: Identifier) -> Person | None:
    """Whoever signs in with this; None when nobody does, or when it names several.

    One query, whatever was typed. A phone number counts once it answered, or an administrator gave it.
    Whoever activated their account comes before those only invited: no invitation shuts an owner out.
    """
    if who.phone:
        found = _BY_PHONE.all(phone=who.phone, extension=who.extension)
    elif who.email:
        found = _BY_EMAIL.all(email=who.email)
    else:
        found = _BY_CUSTOMER_ID.all(customer_id=who.customer_id)
    meant_ones = [each for each in found if each.activated_at] or found
    return meant_ones[0] if len(meant_ones) == 1 else None


def _people(meant: Q) -> QuerySet[Person]:
    people = Person.objects.select_related("organisation__parent__parent").filter(meant)
    return people.order_by(F("activated_at").asc(nulls_last=True))[:3]


_BY_PHONE = Question(
    lambda: _people(Q(phone=text("phone"), extension=text("extension"), phone_verified_at__isnull=False))
)
_BY_EMAIL = Question(lambda: _people(Q(email=text("email"))))
_BY_CUSTOMER_ID = Question(lambda: _people(Q(customer_id=text("customer_id"))))


def person(person_id: int) -> Person:
    return Person.objects.select_related("organisation").get(id=person_id)


def factors(person: Person) -> list[Factor]:
    return _FACTORS.all(person=person.pk)


_FACTORS = Question(lambda: Factor.objects.filter(person_id=number("person")))


def live_codes(person: Person) -> QuerySet[RecoveryCode]:
    """Recovery codes which still open: of a sheet that was proven, and not used."""
    return _live_codes(person.pk)


def count_live_codes(person: Person) -> int:
    """There are ten at most."""
    return len(_LIVE_CODES.all(person=person.pk))


def _live_codes(person: Any) -> QuerySet[RecoveryCode]:
    return RecoveryCode.objects.filter(person_id=person, proven_at__isnull=False, used_at=None)


_LIVE_CODES = Question(lambda: _live_codes(number("person")).only("pk"))


def actor_of(
    person: Person,
    *,
    door: Door = Door.PORTAL,
    confirmed_at: datetime | None = None,
    session_id: int | None = None,
    scopes: frozenset[Scope] | None = None,
) -> Actor:
    """The person, as a door which has checked who they are presents them."""
    return Actor(
        person_id=person.pk,
        customer_id=person.customer_id,
        role=Role(person.role),
        path=person.organisation.path,
        confirmed_at=confirmed_at,
        door=door,
        language=person.language,
        session_id=session_id,
        scopes=scopes,
        must_change_password=person.must_change_password,
    )


def policy_of(organisation: Organisation) -> Policy:
    """The policy in force for an organisation: overrides of its ancestors, the operator's first."""
    return inherit(row.policy for row in _lineage(organisation))


def _lineage(organisation: Organisation) -> Sequence[Organisation]:
    """The operator first, down to itself: by what was read with it, else by one query."""
    known = [organisation]
    while (above := known[0]).parent_id is not None:
        if "parent" not in above._state.fields_cache or above.parent is None:
            lineage = organisation.path.rstrip(".").split(".")
            return list(Organisation.objects.filter(id__in=[int(part) for part in lineage]).order_by("path"))
        known.insert(0, above.parent)
    return known


def operators_policy() -> Policy:
    """The policy of the operator itself, for whoever belongs to nobody yet."""
    return inherit(each.policy for each in _OPERATOR.all())


_OPERATOR = Question(lambda: Organisation.objects.filter(parent=None)[:1])


def personal_facts(service: Service) -> tuple[str, ...]:
    """What others can know about whoever a service belongs to, for the rule against personal data (SIP-4)."""
    facts = [service.reference, service.billing_account, service.organisation.name]
    if hasattr(service, "sip"):
        facts += [service.sip.username, service.sip.number, _national(service.sip.number)]
    if hasattr(service, "ppp"):
        facts += [service.ppp.login, service.ppp.login.partition("@")[0]]
    if service.owner:
        facts += facts_of(service.owner)
    return tuple(fact for fact in facts if fact)


def facts_of(owner: Person) -> list[str]:
    facts = [owner.first_name, owner.last_name, owner.customer_id, owner.customer_id.partition("-")[0]]
    facts += [owner.email, owner.email.partition("@")[0], owner.phone, _national(owner.phone)]
    if owner.birth_date:
        facts += [owner.birth_date.strftime(form) for form in ("%Y%m%d", "%d%m%Y", "%d%m%y", "%Y")]
    return facts


def texts(person: Person) -> bool:
    """Has the person a number of their own that answered? A shared one has an extension."""
    return bool(person.phone and person.phone_verified_at and not person.extension)


def _national(number: str) -> str:
    """`+33972101010` as people type it: `972101010`, without country code or leading zero."""
    return number[3:] if number.startswith("+33") else ""


def digest_names(service: Service) -> tuple[str, str]:
    """User name and realm that take part in a line's digests; empty for an access, which has none."""
    return (service.sip.username, service.sip.realm) if service.kind == Service.Kind.SIP_LINE else ("", "")
