"""What benches of the pages need: people who sign in, lines whose passwords change, a program with a key."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.bare.fill import PASSWORD

if TYPE_CHECKING:
    from linekey.domain.access import Actor
    from linekey.records.models import Organisation, Person


def migrated() -> None:
    """Django is up, the tables are there."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def company() -> "Organisation":
    """An operator, a reseller below it, a customer below that; policies as an operator finds them."""
    from tests.build import organisation

    operator = organisation(None, "operator", "Linekey Télécom")
    reseller = organisation(operator, "reseller", "Chen Télécom", "CLI-00007")
    return organisation(reseller, "customer", "Atelier Lumen", "CLI-00042")


def subscribers(customer: "Organisation", count: int, *, first: int = 0) -> list["Person"]:
    """Activated, with one password; numbered from `first`."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from linekey.records.models import Person

    encoded, now = make_password(PASSWORD), timezone.now()
    return Person.objects.bulk_create(
        Person(
            customer_id=f"bn{first + each:05}-lk",
            email=f"person{first + each}@example.org",
            tenant=customer.parent or customer,
            organisation=customer,
            role=Person.Role.SUBSCRIBER,
            first_name="Ada",
            last_name=f"Lemoine {first + each}",
            email_verified_at=now,
            activated_at=now,
            created_at=now,
            password=encoded,
        )
        for each in range(count)
    )


def browser_of(person: "Person") -> str:
    """The name its cookie gives the browser of somebody."""
    return f"browser-{person.pk:040}"


def known(people: "Sequence[Person]") -> None:
    """They signed in from their browsers before, from here."""
    from django.utils import timezone

    from linekey.domain.networks import network_of
    from linekey.domain.secret import Secret
    from linekey.records.models import Device, OpenSession
    from linekey.vault import seal

    now, told = timezone.now(), {"told": "bench", "address": "127.0.0.1"}
    devices = Device.objects.bulk_create(
        Device(
            person=person,
            digest=seal.digest(Secret(browser_of(person))),
            **told,
            first_seen_at=now,
            last_used_at=now,
        )
        for person in people
    )
    OpenSession.objects.bulk_create(
        OpenSession(
            person=device.person,
            device=device,
            **told,
            network=network_of(told["address"]),
            method="password",
            opened_at=now,
            seen_at=now,
            confirmed_at=now,
        )
        for device in devices
    )


def program(customer: "Organisation") -> tuple["Actor", str]:
    """What the reseller's own program calls the API as, and the secret of its access key."""
    from django.utils import timezone

    from linekey.domain.access import Role
    from tests import build
    from tests.api.programs import key_of

    now, reseller = timezone.now(), customer.parent
    assert reseller is not None
    chen = build.person("cw34567-lk", "Chen", "Wei", Role.RESELLER, reseller, reseller, now)
    return build.actor(chen, now), key_of(chen).secret.reveal()


def lines(actor: "Actor", customer: "Organisation", owners: list["Person"]) -> list[str]:
    """A line for each owner, with a password the registrar took and a handset it saw; their references."""
    from django.db import transaction
    from django.utils import timezone

    from linekey.domain.effects import StepState
    from linekey.domain.lifecycle import State
    from linekey.records.models import CredentialVersion, ElementHealth, Observation, OutboxEffect
    from linekey.usecases import rotate_credential
    from tests import build

    now = timezone.now()
    seen = {"seen_at": now, "since": now, "good": True, "grace": True}
    ElementHealth.objects.create(name=build.REGISTRAR, role="registrar", **seen)
    references = [f"00339{owner.pk:08}" for owner in owners]
    with transaction.atomic():
        for reference, owner in zip(references, owners, strict=True):
            line = build.sip_line(reference, customer, now, owner=owner)
            Observation.objects.create(service=line, seen_at=now, online=True)
    for reference in references:
        rotate_credential.reset(actor=actor, reference=reference, operation=f"first:{reference}", now=now)
    CredentialVersion.objects.update(state=State.LIVE, live_at=now)
    OutboxEffect.objects.update(state=StepState.DONE, settled_at=now)
    return references
