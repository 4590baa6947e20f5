"""What the customers of the demo operator have: lines, accesses, and a hosted PBX with its user licences."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from linekey.records.models import (
    Organisation,
    Person,
    Phone,
    PppAccess,
    Service,
    SipLine,
    Site,
    UserLicence,
)
from linekey.wiring import ACCESS_SERVER, REGISTRAR

PPP_LOGIN = "ab12345001@linekey.adsl"
PBX = "CTX-00217"
LICENCES = {
    "FPC172932": ("Standard", "svi", "+33184780100"),
    "FPC172938": ("Fax de l'accueil", "fax", "+33184780108"),
    "FPC172947": ("Poste atelier", "simple", "+33184780117"),
}


@dataclass(frozen=True)
class _Contract:
    """What services bought together have in common."""

    organisation: Organisation
    owner: Person | None
    product: str
    accountcode: str
    site: Site | None = None
    end_client: str = ""
    address: str | None = None


def of_lumen(lumen: Organisation, ada: Person, now: datetime) -> None:
    site = Site.objects.create(organisation=lumen, name="Roubaix")
    lines = _Contract(lumen, ada, "SIP-SOLO", "133602", site, address="198.51.100.20")
    _line(lines, "0033972101010", "Ligne d'Ada", "+33972101010", now)
    desk = _line(
        lines, "0033972101011", "Ligne de l'accueil", "+33972101011", now, managed_phone="Yealink T46U"
    )
    Phone.objects.create(service=desk, vendor="yealink", model="T46U", mac="001565a4b2c8", given_at=now)
    internet = replace(lines, product="FTTH-PRO-1G", accountcode="133603")
    _access(internet, "xdsl-ab12345-1", "Internet de l'atelier", PPP_LOGIN, now)
    centrex = _Contract(lumen, None, "CTX-PRO-10", "133615", site, end_client="Galerie Solstice")
    pbx = _service(centrex, PBX, Service.Kind.HOSTED_PBX, "Centrex Atelier Lumen", now)
    for reference, (name, licence, number) in LICENCES.items():
        user = _line(centrex, reference, name, number, now, licence=licence, parent=pbx)
        _settings(user, licence, number)


def of_verne(verne: Organisation, eve: Person, now: datetime) -> None:
    lines = _Contract(verne, eve, "SIP-SOLO", "140871", address="203.0.113.64")
    _line(lines, "0033972202020", "Ligne d'Ève", "+33972202020", now)
    internet = replace(lines, product="FTTH-PRO-1G", accountcode="140872")
    _access(internet, "xdsl-ev67890-1", "Internet d'Ève", "ev67890001@linekey.adsl", now)


def _settings(user: Service, licence: str, number: str) -> None:
    simple = licence == "simple"
    UserLicence.objects.create(
        service=user,
        company_contact="Bruno Carpentier",
        emergency_number=number if simple else "",
        number_presented=number if simple else "",
        accession=simple,
        fax2mail_number=number if licence == "fax" else "",
    )


def _line(
    contract: _Contract,
    reference: str,
    name: str,
    number: str,
    now: datetime,
    *,
    managed_phone: str = "",
    licence: str = "",
    parent: Service | None = None,
) -> Service:
    service = _service(contract, reference, Service.Kind.SIP_LINE, name, now, parent)
    SipLine.objects.create(
        service=service,
        username=reference,
        realm=settings.LINEKEY_SIP_REALM,
        number=number,
        element=REGISTRAR,
        managed_phone=managed_phone,
        licence=licence,
    )
    return service


def _access(contract: _Contract, reference: str, name: str, login: str, now: datetime) -> None:
    service = _service(contract, reference, Service.Kind.PPPOE_ACCESS, name, now)
    PppAccess.objects.create(service=service, login=login, element=ACCESS_SERVER, technology="ftth")


def _service(
    contract: _Contract, reference: str, kind: str, name: str, now: datetime, parent: Service | None = None
) -> Service:
    owner, organisation = contract.owner, contract.organisation
    account = owner.customer_id if owner else f"cx{organisation.pk:05d}-{settings.LINEKEY_CUSTOMER_SUFFIX}"
    return Service.objects.create(
        reference=reference,
        kind=kind,
        name=name,
        organisation=organisation,
        path=organisation.path,
        parent=parent,
        site=contract.site,
        owner=owner,
        billing_account="" if kind == Service.Kind.PPPOE_ACCESS else f"{account}-1",
        end_client=contract.end_client,
        product=contract.product,
        accountcode=contract.accountcode,
        address=contract.address,
        created_at=now,
    )
