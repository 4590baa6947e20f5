"""What an existing installation holds, row by row, and what an import may say of each row.

Nothing of a row is believed before it was judged; nothing is ever guessed: a row that can be read in two ways
is refused, with the reason, and its neighbours go on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from linekey.domain.imported_reasons import NOTES as NOTES
from linekey.domain.imported_reasons import SENTENCES as SENTENCES
from linekey.domain.imported_reasons import Note as Note
from linekey.domain.imported_reasons import Outcome as Outcome
from linekey.domain.imported_reasons import Reason as Reason
from linekey.domain.imported_reasons import Unfit as Unfit
from linekey.domain.secret import Secret

VERB = "import"
"""What the version says made it: the desk learned a secret which the element accepted already."""


class Trust(StrEnum):
    """Which of two columns a registrar compares with, where both hold something and differ."""

    NEITHER = "neither"
    HA1 = "ha1"
    PASSWORD = "password"  # noqa: S105 - the name of a column


NOTHING = Secret("")


@dataclass(frozen=True)
class Columns:
    """A row of `subscriber`; empty where the table holds nothing."""

    password: Secret = NOTHING
    ha1: Secret = NOTHING
    ha1b: Secret = NOTHING


@dataclass(frozen=True)
class Check:
    """A row of `radcheck` that bears a password."""

    attribute: str
    op: str
    value: Secret


@dataclass(frozen=True)
class Details:
    """What the desk wants to know beside the secret; empty where nothing was said."""

    organisation: str = ""
    """Reference of the customer, or its number behind a `#`."""
    reference: str = ""
    name: str = ""
    number: str = ""
    owner: str = ""
    """E-mail address of somebody of the customer."""
    phone: str = ""
    """Model of the managed handset (SIP-3)."""
    technology: str = ""


@dataclass(frozen=True)
class Found:
    """One line or login as it stands there."""

    place: str
    """Where whoever reads the report finds it: `line 12`, `id 4711`."""
    name: str
    """SIP user name, or PPPoE login."""
    realm: str = ""
    columns: Columns | None = None
    """None for a login."""
    checks: tuple[Check, ...] = ()
    details: Details = Details()
    typed: bool = False
    """Written by a person, into a file."""
    unfit: Unfit | None = None
    """What whoever read the row found wrong with it."""

    @property
    def shown(self) -> str:
        return f"{self.name}@{self.realm}" if self.columns is not None and self.realm else self.name


@dataclass(frozen=True)
class Held:
    """What is known of the secret an element accepts now; nothing at all where only the element knows it."""

    clear: Secret | None = None
    digests: Mapping[str, Secret] = field(default_factory=dict)
    """By the names of `vault.seal.sip_digests`; those which are not there are not known, an empty one is
    none at all: the element accepts nobody by it."""
    ours: bool = False
    """Sealed by Linekey itself, for the element alone: it cannot be compared."""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Run:
    """What holds for every row of one import."""

    registrar: str
    """Names of the elements the rows come from."""
    access_server: str
    organisation: str = ""
    """Whose the services are, where a row does not say so."""
    trust: Trust = Trust.NEITHER
    with_realm: bool = False
    """The installation has several domains: references are `user@domain`."""
    dry: bool = False
    """Nothing is written: told is what would become of each row."""


@dataclass(frozen=True)
class Told:
    """What became of one row, or would."""

    place: str
    name: str
    outcome: Outcome
    organisation: str = ""
    reference: str = ""
    reason: Reason | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @property
    def sentences(self) -> list[str]:
        """In English, the reason first."""
        said = [SENTENCES[self.reason] % self.values] if self.reason else []
        return said + [NOTES[note] for note in self.notes]
