"""The cast of every story, and the few builders that make their world.

Ada (subscriber), Bruno (primary administrator of Ada's company), Chen (their reseller), Dina (support
agent), Olivia (operator administrator), Eve (subscriber of another company).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.contrib.auth.hashers import make_password

from linekey.domain.access import Actor, Door, Role
from linekey.domain.flows import Visitor
from linekey.domain.kinds import SIP_LINE
from linekey.domain.secret import Secret
from linekey.network.ports import SipAddress, SipEntry
from linekey.records import find, sessions
from linekey.records.models import (
    CredentialVersion,
    OpenSession,
    Organisation,
    Person,
    PppAccess,
    Service,
    SipLine,
    Site,
    UserLicence,
)
from linekey.vault import seal
from linekey.vault.unseal import unseal_digests

REALM = "sip.linekey.test"
REGISTRAR = "kamailio-1"
ACCESS_SERVER = "freeradius-1"
PORTAL_PASSWORD = Secret("une longue phrase de portail")
END_CLIENT = "Galerie Solstice"
GOOD_SIP_PASSWORD = Secret("Tilleul-4718-bleu")
LEAKED_SIP_PASSWORD = Secret("Vieux-secret-9-fuite")


@dataclass(frozen=True)
class Cast:
    """Everybody and what they have. `line`, `phone_line` and `access` are Ada's.

    `pbx` is her company's; its licences `menu`, `fax` and `licence` (a simple one) have no owner.
    """

    ada: Person
    bruno: Person
    chen: Person
    dina: Person
    olivia: Person
    eve: Person
    operator: Organisation
    reseller: Organisation
    lumen: Organisation
    verne: Organisation
    line: Service
    phone_line: Service
    pbx: Service
    menu: Service
    fax: Service
    licence: Service
    access: Service
    eves_line: Service
    eves_access: Service
    eves_pbx: Service
    eves_licence: Service


def build_cast(now: datetime) -> Cast:
    # Codes for new devices are asked for where a test is about them (`ask_for_codes`).
    operator = organisation(None, "operator", "Linekey Télécom", pppoe_delivery="mail", sign_in_code="never")
    reseller = organisation(operator, "reseller", "Chen Télécom", "CLI-00007")
    lumen = organisation(reseller, "customer", "Atelier Lumen", "CLI-00042")
    verne = organisation(operator, "customer", "Verne & Filles", "CLI-00108")
    ada = person("ab12345-lk", "Ada", "Lemoine", Role.SUBSCRIBER, lumen, reseller, now)
    bruno = person("bc23456-lk", "Bruno", "Carpentier", Role.PRIMARY_ADMIN, lumen, reseller, now)
    chen = person("cw34567-lk", "Chen", "Wei", Role.RESELLER, reseller, reseller, now)
    dina = person("dh45678-lk", "Dina", "Haddad", Role.SUPPORT_AGENT, operator, operator, now)
    olivia = person("op56789-lk", "Olivia", "Perrin", Role.OPERATOR_ADMIN, operator, operator, now)
    eve = person("ev67890-lk", "Eve", "Verne", Role.SUBSCRIBER, verne, operator, now)
    site = Site.objects.create(organisation=lumen, name="Roubaix")
    pbx = hosted_pbx("CTX-00217", lumen, now, name="Centrex Atelier Lumen", site=site, end_client=END_CLIENT)
    eves_pbx = hosted_pbx("CTX-00999", verne, now, name="Centrex Verne")
    return Cast(
        ada=ada,
        bruno=bruno,
        chen=chen,
        dina=dina,
        olivia=olivia,
        eve=eve,
        operator=operator,
        reseller=reseller,
        lumen=lumen,
        verne=verne,
        line=sip_line("0033972101010", lumen, now, owner=ada, site=site),
        phone_line=sip_line("0033972101011", lumen, now, owner=ada, managed_phone="Yealink T46U"),
        pbx=pbx,
        menu=user_licence("FPC172932", pbx, now, licence="svi", number="+33184780100"),
        fax=user_licence("FPC172938", pbx, now, licence="fax", number="+33184780108"),
        licence=user_licence("FPC172947", pbx, now),
        access=pppoe_access("xdsl-ab12345-1", lumen, now, owner=ada, login="ab12345001@linekey.adsl"),
        eves_line=sip_line("0033972202020", verne, now, owner=eve),
        eves_access=pppoe_access("xdsl-ev67890-1", verne, now, owner=eve, login="ev67890001@linekey.adsl"),
        eves_pbx=eves_pbx,
        eves_licence=user_licence("FPC199901", eves_pbx, now, number="+33320990001"),
    )


def organisation(
    parent: Organisation | None, kind: str, name: str, reference: str = "", **policy: str
) -> Organisation:
    made = Organisation.objects.create(
        kind=kind, name=name, reference=reference, parent=parent, path=f"new:{name}", policy=policy
    )
    made.path = f"{parent.path if parent else ''}{made.pk}."
    made.save()
    return made


def person(
    customer_id: str,
    first: str,
    last: str,
    role: Role,
    organisation: Organisation,
    tenant: Organisation,
    now: datetime,
) -> Person:
    return Person.objects.create(
        customer_id=customer_id,
        email=f"{first}.{last}@example.org".casefold(),
        tenant=tenant,
        organisation=organisation,
        role=role,
        first_name=first,
        last_name=last,
        birth_date=date(1985, 12, 10),
        phone="+33612345678" if first == "Ada" else f"+336{customer_id[2:6]}0000",
        phone_verified_at=now,
        email_verified_at=now,
        activated_at=now,
        created_at=now,
        password=make_password(PORTAL_PASSWORD.reveal()),
    )


def sip_line(
    reference: str,
    organisation: Organisation,
    now: datetime,
    *,
    owner: Person | None,
    site: Site | None = None,
    managed_phone: str = "",
    number: str = "",
    licence: str = "",
) -> Service:
    service = Service.objects.create(
        reference=reference,
        kind=Service.Kind.SIP_LINE,
        name=f"Ligne {reference}",
        organisation=organisation,
        path=organisation.path,
        site=site,
        owner=owner,
        billing_account=f"{owner.customer_id}-1" if owner else "",
        product="SIP-SOLO",
        accountcode="133602",
        address="198.51.100.20",
        created_at=now,
    )
    SipLine.objects.create(
        service=service,
        username=reference,
        realm=REALM,
        number=number or (f"+{reference[2:]}" if reference.startswith("00") else "+33184780117"),
        element=REGISTRAR,
        managed_phone=managed_phone,
        licence=licence,
    )
    return service


def sip_lines(
    references: Iterable[str],
    organisation: Organisation,
    now: datetime,
    *,
    owner: Person | None = None,
    realm: str = REALM,
    element: str = REGISTRAR,
) -> list[Service]:
    """By the thousand, in two statements. Nothing finds them until `search.index_missing`."""
    services = Service.objects.bulk_create(
        Service(
            reference=reference,
            kind=Service.Kind.SIP_LINE,
            name=f"Ligne {reference}",
            organisation=organisation,
            path=organisation.path,
            owner=owner,
            created_at=now,
        )
        for reference in references
    )
    SipLine.objects.bulk_create(
        SipLine(service=each, username=each.reference, realm=realm, element=element) for each in services
    )
    return services


def made_live(lines: Iterable[Service], now: datetime) -> list[CredentialVersion]:
    """Their first version, in one statement: each accepts `LEAKED_SIP_PASSWORD`, by our own records."""
    versions = []
    for each in lines:
        version = CredentialVersion(
            service=each,
            number=1,
            state="live",
            verb="reset",
            plan=f"old-{each.pk}",
            created_at=now,
            live_at=now,
        )
        version.sealed = seal.seal_credential(
            SIP_LINE,
            LEAKED_SIP_PASSWORD,
            version.seal_place,
            username=each.sip.username,
            realm=each.sip.realm,
        )
        versions.append(version)
    return CredentialVersion.objects.bulk_create(versions)


def entries(versions: Iterable[CredentialVersion]) -> list[SipEntry]:
    """What a registrar is told, so that it accepts them too."""
    made = []
    for version in versions:
        digests = unseal_digests(version.sealed, version.seal_place)
        line = SipAddress(version.service.sip.username, version.service.sip.realm)
        made.append(SipEntry(line, digests["md5"], digests["md5_domain"]))
    return made


def hosted_pbx(
    reference: str,
    organisation: Organisation,
    now: datetime,
    *,
    name: str,
    site: Site | None = None,
    end_client: str = "",
) -> Service:
    return Service.objects.create(
        reference=reference,
        kind=Service.Kind.HOSTED_PBX,
        name=name,
        organisation=organisation,
        path=organisation.path,
        site=site,
        end_client=end_client,
        product="CTX-PRO-10",
        accountcode="133615",
        created_at=now,
    )


def user_licence(
    reference: str,
    pbx: Service,
    now: datetime,
    *,
    licence: str = "simple",
    number: str = "+33184780117",
    owner: Person | None = None,
) -> Service:
    """One user of a hosted PBX: a line of its customer, with the settings a new licence has."""
    service = sip_line(
        reference, pbx.organisation, now, owner=owner, site=pbx.site, number=number, licence=licence
    )
    service.parent, service.product, service.accountcode = pbx, pbx.product, pbx.accountcode
    service.end_client, service.address = pbx.end_client, None
    service.save()
    UserLicence.objects.create(service=service, emergency_number=number if licence == "simple" else "")
    return service


def pppoe_access(
    reference: str, organisation: Organisation, now: datetime, *, owner: Person | None, login: str
) -> Service:
    service = Service.objects.create(
        reference=reference,
        kind=Service.Kind.PPPOE_ACCESS,
        name=f"Accès {reference}",
        organisation=organisation,
        path=organisation.path,
        owner=owner,
        product="FTTH-PRO-1G",
        accountcode="133603",
        address="203.0.113.17",
        created_at=now,
    )
    PppAccess.objects.create(service=service, login=login, element=ACCESS_SERVER, technology="ftth")
    return service


def actor(person: Person, now: datetime | None = None, door: Door = Door.PORTAL) -> Actor:
    """`now` makes them freshly confirmed; without it they would have to step up."""
    return find.actor_of(person, door=door, confirmed_at=now)


def ask_for_codes(organisation: Organisation, wanted: str = "unusual") -> None:
    """From a new device or network, a code is mailed."""
    organisation.policy = {**organisation.policy, "sign_in_code": wanted}
    organisation.save()


def visitor(
    browser: str = "ada's own browser", address: str = "198.51.100.7", device: str = "Firefox"
) -> Visitor:
    return Visitor(Secret(browser), device, address)


def open_session(person: Person, now: datetime, *, confirmed_at: datetime | None = None) -> OpenSession:
    """Signed in at `now`, without a door."""
    session = sessions.open_session(
        person, visitor(), seal.digest(visitor().browser), method="password", trust=False, now=now
    )
    if confirmed_at is not None:
        session.confirmed_at = confirmed_at
        session.save()
    return session


def stale(actor: Actor) -> Actor:
    """The same person, long after their last proof."""
    return replace(actor, confirmed_at=None)
