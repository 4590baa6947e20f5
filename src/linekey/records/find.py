"""Rows for use-cases.

Every read starts from what the actor may see; unknown and not-yours are one answer (law 11).
"""

from datetime import datetime

from django.db.models import F, Q, QuerySet

from linekey.domain.access import Actor, Door, Role, Scope
from linekey.domain.errors import NotFound
from linekey.domain.identifiers import Identifier
from linekey.domain.kinds import KINDS, Delivery
from linekey.domain.lifecycle import State
from linekey.domain.policy import Policy, inherit
from linekey.records.models import CredentialVersion, Organisation, Person, RecoveryCode, Service

LONGEST_REFERENCE = 60


def visible_services(actor: Actor) -> QuerySet[Service]:
    """The services `actor` may know of, as `domain.access.sees` says of one."""
    services = Service.objects.select_related("sip", "ppp", "owner", "organisation", "site", "observation")
    if actor.role is Role.SUBSCRIBER:
        return services.filter(owner_id=actor.person_id)
    return services.filter(path__startswith=actor.path)


def service(actor: Actor, reference: str, *, lock: bool = False) -> Service:
    """One service. Raises NotFound.

    `lock` takes its row for the transaction, so that changes number their effects in commit order.
    """
    # NUL cannot be sent to PostgreSQL at all; a reference that long names nothing.
    if "\0" in reference or len(reference) > LONGEST_REFERENCE:
        raise NotFound()
    rows = visible_services(actor).filter(reference=reference)
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.first()
    if found is None:
        raise NotFound()
    return found


def delivery_for(service: Service, policy: Policy | None = None) -> Delivery:
    """The operator's delivery where the kind offers it, else the kind's own; `policy` when it is at hand."""
    kind = KINDS[service.kind]
    wanted = (policy or policy_of(service.organisation)).pppoe_delivery
    return wanted if wanted in kind.deliveries else next(iter(kind.deliveries), Delivery.LINK)


def newest_version(service: Service) -> CredentialVersion | None:
    """The version that is to be true on the element.

    It is the newest that was neither abandoned nor overtaken before the element took it.
    """
    rows = service.versions.exclude(state=State.ABANDONED).exclude(state=State.SUPERSEDED, live_at=None)
    return rows.order_by("-number").first()


def person_by_identifier(who: Identifier) -> Person | None:
    """Whoever signs in with this; None when nobody does, or when it names several.

    One query, whatever was typed. A phone number counts once it answered, or an administrator gave it.
    Whoever activated their account comes before those only invited: no invitation shuts an owner out.
    """
    if who.phone:
        meant = Q(phone=who.phone, extension=who.extension, phone_verified_at__isnull=False)
    elif who.email:
        meant = Q(email=who.email)
    else:
        meant = Q(customer_id=who.customer_id)
    people = Person.objects.select_related("organisation").filter(meant)
    found = list(people.order_by(F("activated_at").asc(nulls_last=True))[:3])
    meant_ones = [each for each in found if each.activated_at] or found
    return meant_ones[0] if len(meant_ones) == 1 else None


def person(person_id: int) -> Person:
    return Person.objects.select_related("organisation").get(id=person_id)


def live_codes(person: Person) -> QuerySet[RecoveryCode]:
    """Recovery codes which still open: of a sheet that was proven, and not used."""
    return RecoveryCode.objects.filter(person=person, proven_at__isnull=False, used_at=None)


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
    lineage = organisation.path.rstrip(".").split(".")
    above = Organisation.objects.filter(id__in=[int(part) for part in lineage]).order_by("path")
    return inherit(row.policy for row in above)


def operators_policy() -> Policy:
    """The policy of the operator itself, for whoever belongs to nobody yet."""
    return inherit(Organisation.objects.filter(parent=None).values_list("policy", flat=True)[:1])


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


def _national(number: str) -> str:
    """`+33972101010` as people type it: `972101010`, without country code or leading zero."""
    return number[3:] if number.startswith("+33") else ""


def digest_names(service: Service) -> tuple[str, str]:
    """User name and realm that take part in a line's digests; empty for an access, which has none."""
    return (service.sip.username, service.sip.realm) if service.kind == Service.Kind.SIP_LINE else ("", "")
