"""The rows of the demo operator: who exists."""

from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from linekey.domain.access import Role
from linekey.domain.drawing import draw
from linekey.domain.kinds import SIP_LINE
from linekey.domain.password_rules import PRESETS, Circumstances
from linekey.domain.secret import Secret
from linekey.records.models import Organisation, Person
from linekey.worker import demo_services

# A demonstration is signed in to from a new browser each time; codes for that can be looked at with Ève.
_DEMO_POLICY = {"pppoe_delivery": "mail", "sign_in_code": "never"}


def load(now: datetime) -> Iterable[tuple[Person, Secret]]:
    """Create everything; each person with the password they sign in with, Ada first."""
    with transaction.atomic():
        operator = _organisation(None, "operator", settings.LINEKEY_OPERATOR_NAME, **_DEMO_POLICY)
        reseller = _organisation(operator, "reseller", "Chen Télécom", "CLI-00007")
        lumen = _organisation(reseller, "customer", "Atelier Lumen", "CLI-00042")
        verne = _organisation(operator, "customer", "Verne & Filles", "CLI-00108", sign_in_code="unusual")
        people = [
            _person("ab12345", "Ada", "Lemoine", Role.SUBSCRIBER, lumen, reseller, now),
            _person("bc23456", "Bruno", "Carpentier", Role.PRIMARY_ADMIN, lumen, reseller, now),
            _person("cw34567", "Chen", "Wei", Role.RESELLER, reseller, reseller, now),
            _person("dh45678", "Dina", "Haddad", Role.SUPPORT_AGENT, operator, operator, now),
            _person("op56789", "Olivia", "Perrin", Role.OPERATOR_ADMIN, operator, operator, now),
            _person("ev67890", "Ève", "Verne", Role.SUBSCRIBER, verne, operator, now),
        ]
        demo_services.of_lumen(lumen, people[0], now)
        demo_services.of_verne(verne, people[-1], now)
    return [(person, _with_password(person)) for person in people]


def _organisation(
    parent: Organisation | None, kind: str, name: str, reference: str = "", **policy: str
) -> Organisation:
    made = Organisation.objects.create(
        kind=kind, name=name, reference=reference, parent=parent, path=f"new:{name}", policy=policy
    )
    made.path = f"{parent.path if parent else ''}{made.pk}."
    made.save()
    return made


def _person(
    nic: str,
    first: str,
    last: str,
    role: Role,
    organisation: Organisation,
    tenant: Organisation,
    now: datetime,
) -> Person:
    address = f"{first}@{organisation.name.split()[0]}.example".casefold().replace("è", "e").replace("é", "e")
    return Person.objects.create(
        customer_id=f"{nic}-{settings.LINEKEY_CUSTOMER_SUFFIX}",
        email=address,
        tenant=tenant,
        organisation=organisation,
        role=role,
        first_name=first,
        last_name=last,
        birth_date=date(1985, 12, 10) if first == "Ada" else None,
        phone="+33612345678" if first == "Ada" else "",
        phone_verified_at=now if first == "Ada" else None,
        email_verified_at=now,
        activated_at=now,
        created_at=now,
        password=make_password(None),
    )


def _with_password(person: Person) -> Secret:
    secret = draw(SIP_LINE, PRESETS["portal"], Circumstances())
    Person.objects.filter(pk=person.pk).update(password=make_password(secret.reveal()))
    return secret
