"""What a call of the dialect is: the entries addresses, checks and schema documents are made from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from linekey.domain.access import Actor
from linekey.domain.errors import UnknownConsumerKey


class Needs(StrEnum):
    """What a caller must hold."""

    NOTHING = "nothing"
    APPLICATION = "application"
    """An application key; nothing is signed."""
    PERSON = "person"
    """A validated consumer key, or the session of somebody signed in."""


class Effect(StrEnum):
    """What a person must be warned of before they send the call."""

    NEW_PASSWORD = "newPassword"  # noqa: S105 (the name of an effect)
    SESSION_CUT = "sessionCut"
    KEYS_REVOKED = "keysRevoked"


@dataclass(frozen=True)
class Parameter:
    name: str
    type: str
    """The dialect's own name of a type; `reading.READERS` has one reader for each."""
    where: str
    """`path`, `query` or `body`."""
    description: str = ""
    required: bool = False


@dataclass(frozen=True)
class Asked:
    """One call, once its caller is known and its values are read."""

    caller: Actor | None
    application_key: str
    credential_id: int | None
    """The consumer key that signed; None for the console."""
    operation: str
    """The same for a call that is sent twice: a change is made once (law 6)."""
    now: datetime
    values: dict[str, Any] = field(default_factory=dict)
    """By parameter name; None where nothing was sent."""

    @property
    def actor(self) -> Actor:
        if self.caller is None:
            raise UnknownConsumerKey()
        return self.caller

    def text(self, name: str) -> str:
        return self.values[name] or ""


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    """`/telephony/{billingAccount}/line`, without version."""
    description: str
    answers: str
    """The dialect's name of what comes back; `void` is a JSON null."""
    handler: Callable[[Asked], object]
    parameters: tuple[Parameter, ...] = ()
    needs: Needs = Needs.PERSON
    effects: tuple[Effect, ...] = ()


def in_path(name: str, description: str, type: str = "string") -> Parameter:
    return Parameter(name, type, "path", description, required=True)


def in_query(name: str, description: str, type: str = "string") -> Parameter:
    return Parameter(name, type, "query", description)


def in_body(name: str, description: str, type: str = "string", *, required: bool = False) -> Parameter:
    return Parameter(name, type, "body", description, required)
