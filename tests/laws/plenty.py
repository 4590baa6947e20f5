"""More rows of every kind a page or call could list, in the world of `world.py`: around one subscriber."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone

from linekey.domain.access import Role
from linekey.domain.attention import Attention
from linekey.records import audit, health, search
from linekey.records.models import (
    AccessKey,
    Campaign,
    CampaignLine,
    Case,
    CaseDocument,
    CaseStep,
    CredentialVersion,
    ElementHealth,
    Factor,
    FailedLogin,
    HealthMark,
    Observation,
    OutboxEffect,
    OvhApplication,
    OvhCredential,
    Person,
    Phone,
    PhoneFetch,
    Service,
    ServiceMail,
    Site,
    WebhookDelivery,
    WebhookEndpoint,
)
from tests.build import (
    ACCESS_SERVER,
    REGISTRAR,
    open_session,
    organisation,
    person,
    pppoe_access,
    sip_line,
    user_licence,
)
from tests.laws.world import World


def more(world: World, numbers: range) -> None:
    """As many of each as there are numbers; those of the same numbers cannot be made twice."""
    now = timezone.now()
    for number in numbers:
        _tenants(world, number, now)
        for service in _services(world, number, now):
            _life_of(service, number, now)
        for name, somebody in world.people.items():
            _desk_of(somebody, f"{name}-{number}", now)
        _case(world, number, now)
        _campaign(world, number, now)
        _webhook(world, number, now)
        ElementHealth.objects.create(
            name=f"element-{number}", role="registrar", seen_at=now, good=not number % 2, since=now
        )
    search.index_missing()


def _tenants(world: World, number: int, now: datetime) -> None:
    home = world.people["subscriber"].organisation
    Site.objects.create(organisation=home, name=f"Site {number}")
    organisation(world.people["reseller"].organisation, "customer", f"Client {number}", f"CLI-9{number:04d}")
    world.people[f"more-{number}"] = person(
        f"wy{number:05d}-lk", f"Q{number}", "Autre", Role.SUBSCRIBER, home, home, now
    )


def _services(world: World, number: int, now: datetime) -> Iterator[Service]:
    owner = world.people["subscriber"]
    home = owner.organisation
    yield sip_line(f"00339799{number:05d}", home, now, owner=owner)
    login = f"wy{number:05d}@linekey.adsl"
    yield pppoe_access(f"xdsl-wy{number:05d}-1", home, now, owner=owner, login=login)
    pbx = Service.objects.get(reference="CTX-70000")
    yield user_licence(f"FPC88{number:04d}", pbx, now, number=f"+331849{number:05d}")


def _life_of(service: Service, number: int, now: datetime) -> None:
    """A change that waits, a look, refused logins, a mail, a place in the trail."""
    first = Service.objects.get(reference="0033972100000")
    for subject in (service, first):
        version = CredentialVersion.objects.create(
            service=subject,
            number=number + 1 + 1000 * service.pk,
            state="live",
            verb="reset",
            plan=f"plan-{number}-{service.pk}-{subject.pk}",
            created_at=now,
            live_at=now,
            grace=3600,
        )
        for step, kind in enumerate(("push", "watch", "release", "notify")):
            OutboxEffect.objects.create(
                plan=version.plan,
                step=step,
                lane=f"service:{subject.pk}",
                kind=kind,
                service=subject,
                version=version,
                state="dead" if kind == "notify" else "waiting",
                not_before=now,
                created_at=now,
            )
        FailedLogin.objects.create(
            element=ACCESS_SERVER if subject.kind == "pppoe_access" else REGISTRAR,
            name=subject.reference,
            service=subject,
            source=f"203.0.113.{service.pk % 250}",
            agent=f"scanner {number}-{service.pk}",
            hour=now.replace(minute=0, second=0, microsecond=0),
            count=40,
            last_at=now,
        )
        audit.write(action="credential.reset", now=now, actor=None, service=subject)
        if subject.owner:
            ServiceMail.objects.create(
                person=subject.owner,
                service=subject,
                message="sip_line_changed",
                message_id=f"<{number}.{service.pk}.{subject.pk}@linekey.test>",
                address=subject.owner.email,
                subject="Changé",
                text="Changé",
                html="<p>Changé</p>",
                sent_at=now,
            )
    HealthMark.objects.create(
        what=Attention.ATTACKED, service=service, since=now, **health.above(service.path)
    )
    Observation.objects.create(service=service, seen_at=now, online=True, facts={"contacts": []})
    if hasattr(service, "sip"):
        phone, _ = Phone.objects.get_or_create(
            service=first, defaults={"vendor": "yealink", "model": "T46U", "given_at": now}
        )
        PhoneFetch.objects.create(phone=phone, at=now, source="203.0.113.9", outcome="settings")


def _desk_of(somebody: Person, number: str, now: datetime) -> None:
    """What stands on the pages of one's own account."""
    unique = hashlib.sha256(f"{somebody.pk}/{number}".encode()).hexdigest()
    AccessKey.objects.create(
        person=somebody, key_id=f"LKAK{unique[:12]}", digest=unique, name=number[:60], created_at=now
    )
    Factor.objects.create(
        uid=unique[:32], person=somebody, kind="key", name=number[:60], created_at=now, public_key=b"x"
    )
    open_session(somebody, now)
    audit.write(action="session.open", now=now, actor=None, person=somebody)
    application = OvhApplication.objects.create(
        key=unique[:16], sealed_secret=b"x", person=somebody, name=number[:80], created_at=now
    )
    OvhCredential.objects.create(
        application=application,
        key_digest=unique,
        sealed_key=b"x",
        validation_digest=unique[::-1],
        person=somebody,
        status="validated",
        created_at=now,
    )


def _case(world: World, number: int, now: datetime) -> None:
    known: dict[str, Any] = {"opened_at": now, "changed_at": now, "person": world.people["subscriber"]}
    made = Case.objects.create(
        reference=f"CASE-{number:04d}",
        kind="dead_mailbox",
        state="open",
        identifier="wz00000-lk",
        name="P0",
        contact=f"p{number}@example.org",
        contact_verified_at=now,
        **known,
    )
    for case in {made, Case.objects.order_by("pk")[0]}:
        uid = hashlib.sha256(f"{number}/{case.pk}/{made.pk}".encode()).hexdigest()[:32]
        CaseDocument.objects.create(
            case=case, uid=uid, media_type="image/png", size=3, sealed=b"x", sent_at=now
        )
        CaseStep.objects.create(case=case, kind="opened", at=now)


def _campaign(world: World, number: int, now: datetime) -> None:
    maker = world.people["reseller"]
    made = Campaign.objects.create(
        reference=f"ROT-{number:04d}",
        name=f"Fuite {number}",
        plan=f"campaign-{number}",
        made_by=maker,
        door="portal",
        path=maker.organisation.path,
        mode="grace",
        hand_over="file",
        state="paused",
        rate=10,
        wave=0,
        pause=0,
        stop_percent=5,
        stop_count=0,
        listed=True,
        total=1,
        waiting=1,
        paced_at=now,
        measured_at=now,
        created_at=now,
    )
    line = Service.objects.get(reference=f"00339799{number:05d}")
    for campaign in {made, Campaign.objects.order_by("pk")[0]}:
        CampaignLine.objects.create(campaign=campaign, service=line)


def _webhook(world: World, number: int, now: datetime) -> None:
    """Everybody who may have one has one more."""
    for name in ("primary", "reseller", "operator"):
        maker = world.people[name]
        made = WebhookEndpoint.objects.create(
            reference=f"WH-{name}-{number:04d}",
            organisation=maker.organisation,
            path=maker.organisation.path,
            name=f"ERP {number}",
            url="https://erp.example/in",
            sealed=b"x",
            operation=f"{name}-{number}",
            made_by=maker,
            made_at=now,
        )
        first = WebhookEndpoint.objects.filter(made_by=maker).order_by("pk")[0]
        for endpoint in {made, first}:
            WebhookDelivery.objects.create(
                reference=f"msg-{name}-{number}-{endpoint.pk}"[:32],
                endpoint=endpoint,
                event=f"event-{number}",
                type="credential.reset",
                body="{}",
                made_at=now,
            )
