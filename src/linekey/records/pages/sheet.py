"""What a service sheet says (ACC-3): whom it is for, and what a device is given. Never a secret."""

from dataclasses import dataclass

from linekey.domain.access import Actor
from linekey.records import find
from linekey.records.models import Service

MOST_LICENCES = 300
"""Of a hosted PBX, on one sheet."""


@dataclass(frozen=True)
class LicenceLine:
    reference: str
    number: str
    name: str


@dataclass(frozen=True)
class Sheet:
    reference: str
    kind: str
    name: str
    state: str
    organisation: str
    site: str
    owner: str
    number: str
    """E.164, of a line."""
    licence: str
    """Kind of user licence, of a line of a hosted PBX."""
    technology: str
    """Of an access."""
    customer_id: str
    """Of whoever uses the service; else the billing account, else the reference of the client."""
    username: str
    """SIP user name or PPPoE login; empty where the service itself has none."""
    realm: str
    managed_phone: str
    licences: tuple[LicenceLine, ...]
    """Of a hosted PBX, by reference, those the actor sees, `MOST_LICENCES` at most."""


def sheet(actor: Actor, reference: str) -> Sheet:
    """Raises NotFound."""
    service = find.service(actor, reference)
    sip, ppp = getattr(service, "sip", None), getattr(service, "ppp", None)
    known = (
        service.owner.customer_id if service.owner else "",
        service.billing_account,
        service.organisation.reference,
    )
    return Sheet(
        reference=service.reference,
        kind=service.kind,
        name=service.name,
        state=service.state,
        organisation=service.organisation.name,
        site=service.site.name if service.site else "",
        owner=service.owner.full_name if service.owner else "",
        number=sip.number if sip else "",
        licence=sip.licence if sip else "",
        technology=ppp.technology if ppp else "",
        customer_id=next(filter(None, known), ""),
        username=sip.username if sip else ppp.login if ppp else "",
        realm=sip.realm if sip else "",
        managed_phone=sip.managed_phone if sip else "",
        licences=_licences(actor, service) if service.kind == Service.Kind.HOSTED_PBX else (),
    )


def _licences(actor: Actor, pbx: Service) -> tuple[LicenceLine, ...]:
    rows = find.visible_services(actor).filter(parent=pbx, sip__isnull=False).order_by("reference")
    return tuple(LicenceLine(row.reference, row.sip.number, row.name) for row in rows[:MOST_LICENCES])
