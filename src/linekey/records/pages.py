"""Frozen values for screens and API answers: what a door may know. Never a model, never a secret."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.crypto import constant_time_compare

from linekey.domain import access
from linekey.domain.access import Action, Actor, Role, require
from linekey.domain.effects import StepState
from linekey.domain.kinds import KINDS, Delivery, Verb
from linekey.records import find
from linekey.records.models import (
    CredentialVersion,
    ElementHealth,
    OutboxEffect,
    OvhApplication,
    OvhCredential,
    Person,
    Service,
    ServiceMail,
)

PAGE_ROWS = 100


@dataclass(frozen=True)
class PersonCard:
    """Who is signed in, as the corner of every page shows it (ACC-3)."""

    customer_id: str
    full_name: str
    first_name: str
    last_name: str
    email: str
    phone: str
    language: str
    role: Role
    organisation: str


@dataclass(frozen=True)
class Step:
    """One effect of a change, as the person may read it."""

    kind: str
    state: StepState
    since: datetime
    """When it was settled, else when it was promised."""
    due: datetime
    """When the worker tries next."""
    attempts: int
    trouble: str
    """What the outside answered last, empty when nothing went wrong."""
    result: dict[str, Any]
    message: str


@dataclass(frozen=True)
class Progress:
    """The latest change of a service and what has become true of it."""

    plan: str
    verb: str
    asked_at: datetime
    steps: tuple[Step, ...]

    @property
    def state(self) -> str:
        """`done`, `blocked` (a person must look), `waiting` (trouble, tried again by itself) or `running`."""
        states = {step.state for step in self.steps if step.kind != "watch"}
        if StepState.DEAD in states or StepState.BLOCKED in states:
            return "blocked"
        if not states & {StepState.WAITING, StepState.CLAIMED}:
            return "done"
        return "waiting" if any(step.trouble for step in self.steps if step.kind != "watch") else "running"

    @property
    def network_done(self) -> bool:
        """Is the element itself up to date, whatever the mails do?"""
        network = [step for step in self.steps if step.kind in ("push", "retire", "drop", "disconnect")]
        return bool(network) and all(step.state is StepState.DONE for step in network)


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


@dataclass(frozen=True)
class ServicePage:
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
    delivery: Delivery
    contact: str
    """Masked e-mail a mail would go to: `a•••@example.org`; empty when there is no contact."""
    secret_since: datetime | None
    """When the secret in force was made; None before the first one."""
    renew_due: bool
    progress: Progress | None
    observed: Observed | None


@dataclass(frozen=True)
class MailRow:
    id: int
    subject: str
    sent_at: datetime
    address: str


@dataclass(frozen=True)
class MailPage:
    row: MailRow
    text: str
    html: str


@dataclass(frozen=True)
class ElementRow:
    name: str
    role: str
    seen_at: datetime
    good: bool
    since: datetime
    findings: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class OutboxRow:
    id: int
    step: Step
    reference: str
    customer_id: str
    plan: str
    asked_at: datetime


@dataclass(frozen=True)
class ApplicationRow:
    id: int
    key: str
    name: str
    description: str
    status: str


@dataclass(frozen=True)
class CredentialRow:
    id: int
    application_id: int
    status: str
    created_at: datetime
    expires_at: datetime | None
    last_use_at: datetime | None
    rules: tuple[dict[str, str], ...]
    allowed_ips: tuple[str, ...]


def actor_of_session(person_id: int, stamp: str, confirmed_at: datetime | None) -> Actor | None:
    """The actor behind a session; None once the password changed, or the person was disabled."""
    person = Person.objects.select_related("organisation").filter(pk=person_id, is_active=True).first()
    if person is None or not constant_time_compare(stamp, person.get_session_auth_hash()):
        return None
    return Actor(
        person_id=person.pk,
        customer_id=person.customer_id,
        role=Role(person.role),
        path=person.organisation.path,
        confirmed_at=confirmed_at,
        language=person.language,
    )


def person_card(actor: Actor) -> PersonCard:
    person = find.person(actor.person_id)
    return PersonCard(
        customer_id=person.customer_id,
        full_name=person.full_name,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone=person.phone,
        language=person.language,
        role=Role(person.role),
        organisation=person.organisation.name,
    )


def services(actor: Actor, *, kind: str = "", text: str = "", after: str = "") -> list[ServiceRow]:
    """Services the actor sees, by reference, PAGE_ROWS at most after reference `after`.

    `text` narrows to references, names, numbers and owners that contain it.
    """
    rows = find.search_services(actor, kind=kind, text=text).order_by("reference")
    if after:
        rows = rows.filter(reference__gt=after)
    return [_row(service) for service in rows[:PAGE_ROWS]]


def service(actor: Actor, reference: str, *, now: datetime) -> ServicePage:
    """Raises NotFound."""
    return _page(actor, find.service(actor, reference), now)


def mails(actor: Actor, *, before: int | None = None) -> list[MailRow]:
    """Newest first, PAGE_ROWS at most, older than mail `before`."""
    rows = ServiceMail.objects.filter(person_id=actor.person_id).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [_mail_row(row) for row in rows[:PAGE_ROWS]]


def mail(actor: Actor, mail_id: int) -> MailPage | None:
    row = ServiceMail.objects.filter(person_id=actor.person_id, pk=mail_id).first()
    return MailPage(_mail_row(row), row.text, row.html) if row else None


def elements(actor: Actor, *, now: datetime) -> list[ElementRow]:
    """Raises NotAllowed for anyone but staff."""
    require(actor, Action.OPERATE, owner_id=None, now=now)
    return [
        ElementRow(row.name, row.role, row.seen_at, row.good, row.since, tuple(row.findings))
        for row in ElementHealth.objects.order_by("role", "name")
    ]


def unsettled(actor: Actor, *, now: datetime) -> list[OutboxRow]:
    """What waits, runs or is blocked, oldest first. Looks at devices are not promises and are left out.

    Raises NotAllowed for anyone but staff.
    """
    require(actor, Action.OPERATE, owner_id=None, now=now)
    wanted = ["waiting", "claimed", "dead", "blocked"]
    rows = OutboxEffect.objects.filter(state__in=wanted).exclude(kind__in=["watch", "observe"])
    return [
        OutboxRow(
            id=row.pk,
            step=_step(row),
            reference=row.service.reference if row.service else "",
            customer_id=row.person.customer_id if row.person else "",
            plan=row.plan,
            asked_at=row.created_at,
        )
        for row in rows.select_related("service", "person").order_by("id")[:PAGE_ROWS]
    ]


def applications(actor: Actor) -> list[ApplicationRow]:
    rows = OvhApplication.objects.filter(person_id=actor.person_id).order_by("id")
    return [ApplicationRow(row.pk, row.key, row.name, row.description, row.status) for row in rows]


def credentials(
    actor: Actor, *, status: str = "", application_id: int | None = None
) -> list[CredentialRow]:
    """Consumer keys the actor validated, oldest first."""
    rows = OvhCredential.objects.filter(person_id=actor.person_id).order_by("id")
    if status:
        rows = rows.filter(status=status)
    if application_id is not None:
        rows = rows.filter(application_id=application_id)
    return [_credential_row(row) for row in rows]


def _credential_row(row: OvhCredential) -> CredentialRow:
    return CredentialRow(
        id=row.pk,
        application_id=row.application_id,
        status=row.status,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_use_at=row.last_use_at,
        rules=tuple(row.rules),
        allowed_ips=tuple(row.allowed_ips),
    )


def _row(service: Service) -> ServiceRow:
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
    )


def _page(actor: Actor, service: Service, now: datetime) -> ServicePage:
    sip, ppp = getattr(service, "sip", None), getattr(service, "ppp", None)
    version = find.newest_version(service)
    since = version.created_at if version and version.verb != "retire" else None
    kind = KINDS[service.kind]
    managed = sip.managed_phone if sip else ""
    active = service.state == Service.State.ACTIVE
    may = {verb: active and access.role_may(actor, verb) and not managed for verb in kind.verbs}
    return ServicePage(
        row=_row(service),
        username=sip.username if sip else ppp.login if ppp else "",
        realm=sip.realm if sip else "",
        managed_phone=managed,
        can_change=may.get(Verb.CHANGE, False),
        can_reset=may.get(Verb.RESET, False),
        can_send=may.get(Verb.SEND, False) and service.owner is not None,
        can_retire=active and access.role_may(actor, Verb.RETIRE),
        delivery=find.delivery_for(service),
        contact=masked(service.owner.email) if service.owner else "",
        secret_since=since,
        renew_due=since is not None and (now - since).days >= kind.renew_after_days,
        progress=_progress(service),
        observed=_observed(service),
    )


def masked(email: str) -> str:
    """`ada@example.org` as `a•••@example.org`: enough to recognise, not enough to learn."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"


def _progress(service: Service) -> Progress | None:
    newest = (
        OutboxEffect.objects.filter(service=service).exclude(kind="observe").order_by("-id").values("plan").first()
    )
    if newest is None:
        return None
    rows = list(OutboxEffect.objects.filter(plan=newest["plan"]).order_by("step"))
    version = CredentialVersion.objects.filter(service=service, plan=newest["plan"]).first()
    verb = version.verb if version else "send"
    return Progress(newest["plan"], verb, rows[0].created_at, tuple(_steps(rows)))


def _steps(rows: Iterable[OutboxEffect]) -> Iterable[Step]:
    return (_step(row) for row in rows)


def _step(row: OutboxEffect) -> Step:
    return Step(
        kind=row.kind,
        state=StepState(row.state),
        since=row.settled_at or row.created_at,
        due=row.not_before,
        attempts=row.attempts,
        trouble=row.last_trouble,
        result=dict(row.result),
        message=row.message,
    )


def _observed(service: Service) -> Observed | None:
    row = getattr(service, "observation", None)
    return Observed(row.seen_at, row.online, dict(row.facts)) if row else None


def _mail_row(row: ServiceMail) -> MailRow:
    return MailRow(row.pk, row.subject, row.sent_at, row.address)
