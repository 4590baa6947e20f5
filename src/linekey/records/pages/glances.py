"""Services among others: what a list says of each in one line, in as many queries for a dozen as for one."""

from dataclasses import dataclass
from datetime import datetime

from linekey.domain import access
from linekey.domain.access import Actor
from linekey.domain.kinds import KINDS, Verb
from linekey.records import find, search, versions
from linekey.records.models import CredentialVersion, Service
from linekey.records.pages.services import EVERYTHING, Observed, ServiceRow, observed_of, row_of, since_of


@dataclass(frozen=True)
class Glance:
    """The names say what they say in `ServicePage`."""

    row: ServiceRow
    username: str
    managed_phone: str
    can_change: bool
    can_send: bool
    secret_since: datetime | None
    observed: Observed | None


def glances(actor: Actor, *, limit: int) -> list[Glance]:
    """The newest services the actor sees, at most `limit`."""
    keys = search.found(actor, EVERYTHING, beyond=None, newer=False, limit=limit)
    found, newest = find.visible_services(actor).in_bulk(keys), versions.newest_of_each(keys)
    return [_glance(actor, found[key], newest.get(key)) for key in keys if key in found]


def _glance(actor: Actor, service: Service, newest: CredentialVersion | None) -> Glance:
    sip, ppp = getattr(service, "sip", None), getattr(service, "ppp", None)
    managed = sip.managed_phone if sip else ""
    free = service.state == Service.State.ACTIVE and not managed
    may = {verb for verb in KINDS[service.kind].verbs if free and access.role_may(actor, verb)}
    return Glance(
        row=row_of(service),
        username=sip.username if sip else ppp.login if ppp else "",
        managed_phone=managed,
        can_change=Verb.CHANGE in may,
        can_send=Verb.SEND in may and service.owner is not None,
        secret_since=since_of(newest),
        observed=observed_of(service),
    )
