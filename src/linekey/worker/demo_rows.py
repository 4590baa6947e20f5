"""The rows of the demo operator: who exists, and what they have."""

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
from linekey.records.models import Organisation, Person, PppAccess, Service, SipLine, Site
from linekey.wiring import ACCESS_SERVER, REGISTRAR

PPP_LOGIN = "ab12345001@linekey.adsl"
# A demonstration is signed in to from a new browser each time; codes for that can be looked at with Ève.
_DEMO_POLICY = {"pppoe_delivery": "mail", "sign_in_code": "never"}
LICENCES = {
    "FPC172932": ("Standard", "svi", "+33184780100"),
    "FPC172938": ("Fax de l'accueil", "fax", "+33184780108"),
    "FPC172947": ("Poste atelier", "simple", "+33184780117"),
}


def load(now: datetime) -> Iterable[tuple[Person, Secret]]:
    """Create everything; each person with the password they sign in with, Ada first."""
    with transaction.atomic():
        operator = _organisation(None, "operator", settings.LINEKEY_OPERATOR_NAME, **_DEMO_POLICY)
        reseller = _organisation(operator, "reseller", "Chen Télécom")
        lumen = _organisation(reseller, "customer", "Atelier Lumen")
        verne = _organisation(operator, "customer", "Verne & Filles", sign_in_code="unusual")
        people = [
            _person("ab12345", "Ada", "Lemoine", Role.SUBSCRIBER, lumen, reseller, now),
            _person("bc23456", "Bruno", "Carpentier", Role.PRIMARY_ADMIN, lumen, reseller, now),
            _person("cw34567", "Chen", "Wei", Role.RESELLER, reseller, reseller, now),
            _person("dh45678", "Dina", "Haddad", Role.SUPPORT_AGENT, operator, operator, now),
            _person("op56789", "Olivia", "Perrin", Role.OPERATOR_ADMIN, operator, operator, now),
            _person("ev67890", "Ève", "Verne", Role.SUBSCRIBER, verne, operator, now),
        ]
        ada, eve = people[0], people[-1]
        site = Site.objects.create(organisation=lumen, name="Roubaix")
        _line(lumen, "0033972101010", "Ligne d'Ada", "+33972101010", now, owner=ada, site=site)
        _line(
            lumen,
            "0033972101011",
            "Ligne de l'accueil",
            "+33972101011",
            now,
            owner=ada,
            site=site,
            managed_phone="Yealink T46U",
        )
        _access(lumen, "xdsl-ab12345-1", "Internet de l'atelier", PPP_LOGIN, now, owner=ada, site=site)
        for reference, (name, licence, number) in LICENCES.items():
            _line(lumen, reference, name, number, now, owner=None, site=site, licence=licence)
        _line(verne, "0033972202020", "Ligne d'Ève", "+33972202020", now, owner=eve)
        _access(verne, "xdsl-ev67890-1", "Internet d'Ève", "ev67890001@linekey.adsl", now, owner=eve)
    return [(person, _with_password(person)) for person in people]


def _organisation(parent: Organisation | None, kind: str, name: str, **policy: str) -> Organisation:
    made = Organisation.objects.create(kind=kind, name=name, parent=parent, path=f"new:{name}", policy=policy)
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


def _line(
    organisation: Organisation,
    reference: str,
    name: str,
    number: str,
    now: datetime,
    *,
    owner: Person | None,
    site: Site | None = None,
    managed_phone: str = "",
    licence: str = "",
) -> None:
    service = _service(organisation, reference, "sip_line", name, now, owner, site)
    SipLine.objects.create(
        service=service,
        username=reference,
        realm=settings.LINEKEY_SIP_REALM,
        number=number,
        element=REGISTRAR,
        managed_phone=managed_phone,
        licence=licence,
    )


def _access(
    organisation: Organisation,
    reference: str,
    name: str,
    login: str,
    now: datetime,
    *,
    owner: Person,
    site: Site | None = None,
) -> None:
    service = _service(organisation, reference, "pppoe_access", name, now, owner, site)
    PppAccess.objects.create(service=service, login=login, element=ACCESS_SERVER, technology="ftth")


def _service(
    organisation: Organisation,
    reference: str,
    kind: str,
    name: str,
    now: datetime,
    owner: Person | None,
    site: Site | None,
) -> Service:
    account = owner.customer_id if owner else f"cx{organisation.pk:05d}-{settings.LINEKEY_CUSTOMER_SUFFIX}"
    return Service.objects.create(
        reference=reference,
        kind=kind,
        name=name,
        organisation=organisation,
        path=organisation.path,
        site=site,
        owner=owner,
        billing_account=f"{account}-1" if kind == "sip_line" else "",
        created_at=now,
    )
