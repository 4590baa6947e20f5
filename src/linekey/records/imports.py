"""What the desk knows already of the rows of one batch: a handful of reads, however many rows there are.

Customers and owners are those the actor may see. Whether a name or a reference is taken is one answer,
whoever has it (law 11).
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from linekey.domain.access import Actor
from linekey.domain.errors import NotFound
from linekey.domain.imported import Details, Found, Reason, Run, Unfit
from linekey.domain.lifecycle import State
from linekey.records import organisations
from linekey.records.models import CredentialVersion, Organisation, Person, PppAccess, Service, SipLine

Address = tuple[str, str]
"""User name and realm of a line; login and nothing of an access."""


@dataclass(frozen=True)
class Books:
    services: dict[Address, Service]
    """What the names belong to, whoever's it is."""
    newest: dict[int, CredentialVersion]
    """By service: the version that is to be true, as `find.newest_version` has it."""
    numbers: dict[int, int]
    """By service: the highest number of any version."""
    references: set[str]
    """Which of those asked for are taken."""
    organisations: dict[str, list[Organisation]]
    owners: dict[tuple[str, int], Person]

    def organisation(self, reference: str) -> Organisation:
        """Raises Unfit unless exactly one of the actor's branch is meant."""
        if not reference:
            raise Unfit(Reason.NO_ORGANISATION)
        meant = self.organisations.get(reference, [])
        if len(meant) == 1:
            return meant[0]
        reason = Reason.SEVERAL_ORGANISATIONS if meant else Reason.UNKNOWN_ORGANISATION
        raise Unfit(reason, organisation=reference)

    def owner(self, email: str, organisation: Organisation) -> Person | None:
        """None where none was named. Raises Unfit for an address which nobody of the organisation has."""
        if not email:
            return None
        if (email, organisation.pk) not in self.owners:
            raise Unfit(Reason.UNKNOWN_OWNER, owner=email)
        return self.owners[email, organisation.pk]


def address_of(found: Found) -> Address:
    return (found.name, found.realm)


def books_for(actor: Actor, rows: Collection[tuple[Found, Details]], run: Run) -> Books:
    """Within a transaction: it locks what it finds, so that a change of the same service waits."""
    keys = _keys(rows, run)
    known = Service.objects.filter(pk__in=keys.values()).order_by("pk").select_for_update(of=("self",))
    services = {service.pk: service for service in known.select_related("sip", "ppp", "organisation")}
    newest, numbers = {}, {}
    for version in CredentialVersion.objects.filter(service__in=services).order_by("service_id", "number"):
        numbers[version.service_id] = version.number
        overtaken = version.state == State.SUPERSEDED and version.live_at is None
        if version.state != State.ABANDONED and not overtaken:
            newest[version.service_id] = version
    asked = {details.reference for _, details in rows}
    emails = {details.owner for _, details in rows if details.owner}
    branch = Person.objects.filter(email__in=emails, organisation__path__startswith=actor.path)
    return Books(
        services={address: services[key] for address, key in keys.items() if key in services},
        newest=newest,
        numbers=numbers,
        references=set(Service.objects.filter(reference__in=asked).values_list("reference", flat=True)),
        organisations=_organisations(actor, {details.organisation for _, details in rows}),
        owners={(person.email, person.organisation_id): person for person in branch},
    )


def _keys(rows: Collection[tuple[Found, Details]], run: Run) -> dict[Address, int]:
    names = {found.name for found, _ in rows if found.columns is not None}
    logins = {found.name for found, _ in rows if found.columns is None}
    lines = SipLine.objects.filter(element=run.registrar, username__in=names)
    accesses = PppAccess.objects.filter(element=run.access_server, login__in=logins)
    keys = {(name, realm): key for name, realm, key in lines.values_list("username", "realm", "pk")}
    return keys | {(login, ""): key for login, key in accesses.values_list("login", "pk")}


def _organisations(actor: Actor, references: set[str]) -> dict[str, list[Organisation]]:
    """By the reference somebody's books have, or by the number behind a `#`, which is never ambiguous."""
    rows, found = organisations.visible(actor), dict[str, list[Organisation]]()
    for row in rows.filter(reference__in=references - {""}):
        found.setdefault(row.reference, []).append(row)
    for each in (each for each in references if each.startswith("#")):
        with suppress(NotFound):
            found[each] = [organisations.one(actor, each.removeprefix("#"))]
    return found
