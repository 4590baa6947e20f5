"""Whoever acts, and how far they see: a subscriber their own, everybody else their branch."""

from dataclasses import dataclass
from datetime import datetime

from linekey.domain.access.roles import STAFF, Door, Role, Scope


@dataclass(frozen=True)
class Actor:
    """Whoever acts, as every door presents them. Built by the door, believed by nobody without a check."""

    person_id: int
    customer_id: str
    role: Role
    path: str
    """Tenant path of their organisation, `1.4.9.`: what they may see starts with it."""
    confirmed_at: datetime | None = None
    """Last proof of password or factor."""
    door: Door = Door.PORTAL
    language: str = "fr"
    session_id: int | None = None
    """The open session they act from; None behind other doors."""
    scopes: frozenset[Scope] | None = None
    """What their access key is limited to; None when they hold no key."""
    must_change_password: bool = False
    """Their password was made by somebody else: in the portal it opens only the page that replaces it."""

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF


def sees(actor: Actor, *, path: str, owner_id: int | None) -> bool:
    """May `actor` know that a service exists? A subscriber sees their own; others see their branch."""
    if actor.role is Role.SUBSCRIBER:
        return owner_id == actor.person_id
    return path.startswith(actor.path)


def sees_person(actor: Actor, *, path: str, person_id: int) -> bool:
    """May `actor` know that a person has an account? Everybody knows of themselves."""
    return person_id == actor.person_id or (actor.role is not Role.SUBSCRIBER and path.startswith(actor.path))
