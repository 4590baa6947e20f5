"""A tree where, whoever looks, something is their own, above, beside, below and elsewhere.

Every name in it is a word of its own, so that one which stands where it should not be is found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from linekey.domain import access
from linekey.domain.access import Actor, Role
from linekey.records.models import Organisation, Person, Service, Site
from tests.build import actor, hosted_pbx, organisation, person, pppoe_access, sip_line, user_licence

UNKNOWN = {"service": "0033900000000", "person": "zz99999-lk", "organisation": "987654321"}
"""What nobody has, in the shape of what somebody has."""


@dataclass(frozen=True)
class Thing:
    """Something that has a page of its own."""

    kind: str
    """`service`, `person` or `organisation`."""
    address: str
    """What stands in addresses: a reference, a customer ID, a number."""
    words: tuple[str, ...]
    """None of them stands on a page of somebody who does not see the thing."""
    path: str
    owner_id: int | None = None
    role: Role | None = None
    """Of a person."""

    def looked_after_by(self, who: Actor) -> bool:
        """May they act on the account of this person?"""
        return self.owner_id != who.person_id and self.role in access.LOOKS_AFTER[who.role]

    def seen_by(self, who: Actor) -> bool:
        if self.kind == "service":
            return access.sees(who, path=self.path, owner_id=self.owner_id)
        if self.kind == "person":
            return access.sees_person(who, path=self.path, person_id=self.owner_id or 0)
        return who.role is not Role.SUBSCRIBER and self.path.startswith(who.path)


@dataclass(frozen=True)
class World:
    people: dict[str, Person]
    things: tuple[Thing, ...]

    def actor(self, name: str, now: datetime | None = None) -> Actor:
        return actor(self.people[name], now)

    def seen(self, who: Actor, kind: str) -> list[Thing]:
        return [thing for thing in self.things if thing.kind == kind and thing.seen_by(who)]

    def foreign(self, who: Actor, kind: str) -> list[Thing]:
        return [thing for thing in self.things if thing.kind == kind and not thing.seen_by(who)]

    def secret_words(self, who: Actor) -> set[str]:
        """What must stand on no page of theirs. The names of those above are no secret to those below."""
        hidden = (thing for thing in self.things if not thing.seen_by(who))
        return {
            word
            for thing in hidden
            if not (thing.kind == "organisation" and who.path.startswith(thing.path))
            for word in thing.words
        }


NAMES = {
    # Name of the person: (role, organisation).
    "subscriber": (Role.SUBSCRIBER, "Abricot"),
    "administrator": (Role.COMPANY_ADMIN, "Abricot"),
    "primary": (Role.PRIMARY_ADMIN, "Abricot"),
    "neighbour": (Role.SUBSCRIBER, "Bergamote"),
    "neighbours_primary": (Role.PRIMARY_ADMIN, "Bergamote"),
    "reseller": (Role.RESELLER, "Cassis"),
    "other_reseller": (Role.RESELLER, "Datte"),
    "far_subscriber": (Role.SUBSCRIBER, "Eglantine"),
    "far_primary": (Role.PRIMARY_ADMIN, "Eglantine"),
    "support": (Role.SUPPORT_AGENT, "Operateur"),
    "operator": (Role.OPERATOR_ADMIN, "Operateur"),
}
LOOKERS = ("subscriber", "administrator", "primary", "reseller", "other_reseller", "support", "operator")
"""Those through whose eyes the world is looked at; the others are there to be looked for."""
ROLES_OF = {name: role for name, (role, _) in NAMES.items()}
_TREE = {
    # Name: (kind, parent).
    "Operateur": ("operator", ""),
    "Cassis": ("reseller", "Operateur"),
    "Datte": ("reseller", "Operateur"),
    "Abricot": ("customer", "Cassis"),
    "Bergamote": ("customer", "Cassis"),
    "Eglantine": ("customer", "Datte"),
    "Fenouil": ("customer", "Operateur"),
}


def build_world() -> World:
    now = timezone.now()
    tree: dict[str, Organisation] = {}
    for name, (kind, parent) in _TREE.items():
        policy = {"sign_in_code": "never"} if not parent else {}
        tree[name] = organisation(tree.get(parent), kind, f"Maison {name}", f"CLI-{name.upper()}", **policy)
    people = {
        name: _person(number, name, role, tree[home], now)
        for number, (name, (role, home)) in enumerate(NAMES.items())
    }
    things = [
        Thing("organisation", str(each.pk), (each.name, each.reference), each.path) for each in tree.values()
    ]
    for each in people.values():
        words = (each.customer_id, each.email, each.last_name)
        things.append(
            Thing("person", each.customer_id, words, each.organisation.path, each.pk, Role(each.role))
        )
    for number, name in enumerate(("subscriber", "neighbour", "far_subscriber")):
        things += [_service(made) for made in _services(number, people[name], now)]
    return World(people, tuple(things))


def _person(number: int, name: str, role: Role, home: Organisation, now: datetime) -> Person:
    tenant = home if home.kind != "customer" else home.parent
    assert tenant is not None
    last = "Nom" + "".join(part.capitalize() for part in name.split("_"))
    return person(f"wz{number:05d}-lk", f"P{number}", last, role, home, tenant, now)


def _services(number: int, owner: Person, now: datetime) -> Iterator[Service]:
    home = owner.organisation
    site = Site.objects.create(organisation=home, name=f"Site-{home.name.split()[1]}")
    yield sip_line(f"00339721{number:05d}", home, now, owner=owner, site=site)
    yield pppoe_access(f"xdsl-wz{number:05d}-1", home, now, owner=owner, login=f"wz{number:05d}@linekey.adsl")
    pbx = hosted_pbx(f"CTX-7{number:04d}", home, now, name=f"Centrex {home.name}", site=site)
    yield pbx
    yield user_licence(f"FPC77{number:04d}", pbx, now, number=f"+331848{number:05d}")


def _service(made: Service) -> Thing:
    return Thing("service", made.reference, (made.reference, made.name), made.path, made.owner_id)
