"""Lines and accesses, as lists and as pages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from linekey.domain import access
from linekey.domain.access import Actor
from linekey.domain.kinds import KINDS, Delivery, Mode, Verb
from linekey.records import find, grace, search
from linekey.records.grace import Offer, WhyNot
from linekey.records.models import CredentialVersion, Service
from linekey.records.pages.progress import Progress, grace_of, progress_of
from linekey.records.search_words import Filters

PAGE_ROWS = 100
EVERYTHING = Filters()
NO_SECRET = Offer(Mode.IMMEDIATE, timedelta(0), WhyNot.NOTHING_OLD)


@dataclass(frozen=True)
class Observed:
    """What the element saw of the service when last asked."""

    seen_at: datetime
    online: bool
    facts: dict[str, Any]


@dataclass(frozen=True)
class ServiceRow:
    reference: str
    kind: str
    name: str
    state: str
    organisation: str
    site: str
    owner: str
    billing_account: str
    number: str
    licence: str
    technology: str
    client_reference: str
    end_client: str
    product: str
    accountcode: str
    address: str


@dataclass(frozen=True)
class ServiceFacts:
    """A service as it stands, without how far its last change is."""

    row: ServiceRow
    username: str
    """SIP user name or PPPoE login."""
    realm: str
    managed_phone: str
    can_change: bool
    """May this actor type a password here? `managed_phone` or the service's state is the reason when not."""
    can_reset: bool
    can_send: bool
    can_retire: bool
    can_cut: bool
    """Is an old password still accepted beside the newest, and may this actor end that now?"""
    rotation: Offer
    """What becomes of the old password when a new one is made, and why there may be no choice."""
    delivery: Delivery
    contact: str
    """Masked e-mail a mail would go to: `a•••@example.org`; empty when there is no contact."""
    secret_since: datetime | None
    """When the secret in force was made; None before the first one."""
    renew_due: bool
    observed: Observed | None
    pbx: str
    """The hosted PBX it is a licence of, when the actor sees that too; else empty."""


@dataclass(frozen=True)
class ServicePage(ServiceFacts):
    progress: Progress | None


def services(
    actor: Actor,
    filters: Filters = EVERYTHING,
    *,
    after: str = "",
    before: str = "",
    limit: int = PAGE_ROWS,
) -> list[ServiceRow]:
    """Services the actor sees which pass every filter, newest first.

    At most `limit` of them: those behind reference `after`, or the ones right before reference `before`. A
    reference which the actor does not see has nothing around it (law 11). Raises Malformed.
    """
    rows = find.visible_services(actor)
    beyond = None
    if edge := after or before:
        beyond = (
            rows.filter(reference=edge).values_list("pk", flat=True).first() if edge.isprintable() else None
        )
        if beyond is None:
            return []
    keys = search.found(actor, filters, beyond=beyond, newer=not after and bool(before), limit=limit)
    # What may be seen is asked of the services themselves, whatever the search proposes.
    found = rows.in_bulk(keys)
    return [row_of(found[key]) for key in keys if key in found]


def service(actor: Actor, reference: str, *, now: datetime) -> ServicePage:
    """Raises NotFound."""
    found = find.service(actor, reference)
    return ServicePage(**vars(_facts(actor, found, now)), progress=progress_of(found))


def service_facts(actor: Actor, reference: str, *, now: datetime) -> ServiceFacts:
    """Raises NotFound."""
    return _facts(actor, find.service(actor, reference), now)


def last_change(actor: Actor, reference: str) -> Progress | None:
    """How far it is; None before the first. Raises NotFound."""
    return progress_of(find.service(actor, reference))


def service_references(actor: Actor, *, kind: str, billing_account: str = "") -> list[str]:
    """References of everything of one kind the actor sees, in order; of one billing account if named."""
    rows = find.visible_services(actor).filter(kind=kind).order_by("reference")
    if "\0" in billing_account:
        return []  # PostgreSQL cannot even be asked.
    if billing_account:
        rows = rows.filter(billing_account=billing_account)
    return list(rows.values_list("reference", flat=True))


def billing_accounts(actor: Actor) -> list[str]:
    """Billing accounts which hold a line the actor sees, in order."""
    lines = find.visible_services(actor).filter(kind=Service.Kind.SIP_LINE).exclude(billing_account="")
    return sorted(set(lines.values_list("billing_account", flat=True)))


def observed(actor: Actor, reference: str) -> Observed | None:
    """The last look at one service; None before the first. Raises NotFound."""
    return observed_of(find.service(actor, reference))


def masked(email: str) -> str:
    """`ada@example.org` as `a•••@example.org`: enough to recognise, not enough to learn."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"


def _facts(actor: Actor, service: Service, now: datetime) -> ServiceFacts:
    sip, ppp = getattr(service, "sip", None), getattr(service, "ppp", None)
    version = find.newest_version(service)
    since = since_of(version)
    kind, pbx = KINDS[service.kind], pbx_of(actor, service)
    managed = sip.managed_phone if sip else ""
    policy, kept = find.policy_of(service.organisation), grace_of(version)
    active = service.state == Service.State.ACTIVE
    may = {verb: active and access.role_may(actor, verb) and not managed for verb in kind.verbs}
    return ServiceFacts(
        row=row_of(service),
        username=sip.username if sip else ppp.login if ppp else "",
        realm=sip.realm if sip else "",
        managed_phone=managed,
        can_change=may.get(Verb.CHANGE, False),
        can_reset=may.get(Verb.RESET, False),
        can_send=may.get(Verb.SEND, False) and service.owner is not None,
        can_retire=active and Verb.RETIRE in kind.verbs and access.role_may(actor, Verb.RETIRE),
        can_cut=kept is not None and kept.open and access.role_may(actor, Verb.RESET),
        rotation=grace.offer_for(service, policy, version) if kind.verbs else NO_SECRET,
        delivery=find.delivery_for(service, policy),
        contact=masked(service.owner.email) if service.owner else "",
        secret_since=since,
        renew_due=since is not None and (now - since).days >= kind.renew_after_days,
        observed=observed_of(service),
        pbx=pbx.reference if pbx else "",
    )


def row_of(service: Service) -> ServiceRow:
    sip, ppp = getattr(service, "sip", None), getattr(service, "ppp", None)
    return ServiceRow(
        reference=service.reference,
        kind=service.kind,
        name=service.name,
        state=service.state,
        organisation=service.organisation.name,
        site=service.site.name if service.site else "",
        owner=service.owner.full_name if service.owner else "",
        billing_account=service.billing_account,
        number=sip.number if sip else "",
        licence=sip.licence if sip else "",
        technology=ppp.technology if ppp else "",
        client_reference=service.organisation.reference,
        end_client=service.end_client,
        product=service.product,
        accountcode=service.accountcode,
        address=service.address or "",
    )


def since_of(version: CredentialVersion | None) -> datetime | None:
    """When the secret in force was made; None where there is none."""
    return version.created_at if version and version.verb != "retire" else None


def pbx_of(actor: Actor, service: Service) -> Service | None:
    """The hosted PBX it is a licence of: whoever has a licence does not see the PBX for that."""
    pbx = service.parent
    return pbx if pbx and access.sees(actor, path=pbx.path, owner_id=pbx.owner_id) else None


def observed_of(service: Service) -> Observed | None:
    row = getattr(service, "observation", None)
    return Observed(row.seen_at, row.online, dict(row.facts)) if row else None
