"""What can be set on a service: on every one its name, on a user licence what its kind has (CTX-3, CTX-4).

One table. A page draws it and the desk enforces it: what a kind of licence has not is set on none.
"""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from linekey.domain import identifiers, names
from linekey.domain.errors import N_, Malformed, SettingNotOffered


class Licence(StrEnum):
    NONE = ""
    """A service which is no user licence."""
    SIMPLE = "simple"
    """Somebody's phone."""
    MENU = "svi"
    """A voice menu: it answers calls, and nobody calls from it."""
    FAX = "fax"


class Block(StrEnum):
    """Where a setting stands on the page of a licence."""

    INFORMATION = "information"
    RESTRICTIONS = "restrictions"
    OPTIONS = "options"


class Shape(StrEnum):
    """How the value of a setting is written: always a text."""

    NAME = "name"
    FLAG = "flag"
    """`yes` or `no`."""
    NUMBER = "number"
    """E.164, or empty."""
    OWN_NUMBER = "own_number"
    """The same, and one of the customer's own: nobody calls or receives under another's."""
    CHOICE = "choice"


YES, NO = N_("yes"), N_("no")
NONE = N_("none")
RESTRICTIONS = {
    "none": N_("No restriction"),
    "premium": N_("No premium-rate numbers"),
    "international": N_("No calls abroad"),
    "mobile": N_("No calls to mobiles"),
    "all": N_("No outgoing calls, except emergency numbers"),
}


@dataclass(frozen=True)
class Setting:
    code: str
    label: str
    block: Block
    shape: Shape
    had_by: frozenset[Licence]
    editable: bool = True
    required: bool = False


_ALL = frozenset(Licence) - {Licence.NONE}
_CALLS = frozenset({Licence.SIMPLE, Licence.FAX})
_PERSON = frozenset({Licence.SIMPLE})
_INFORMATION, _RESTRICTIONS, _OPTIONS = Block
_TABLE = (
    Setting("admin", N_("Administrator"), _INFORMATION, Shape.FLAG, _ALL),
    Setting("name", N_("Name"), _INFORMATION, Shape.NAME, frozenset(Licence), required=True),
    Setting("company_contact", N_("Company contact"), _INFORMATION, Shape.NAME, _ALL),
    Setting("emergency_number", N_("Emergency number"), _INFORMATION, Shape.NUMBER, _PERSON),
    # Contracted with the licence, not set here.
    Setting("accession", N_("Accession (softphone)"), _INFORMATION, Shape.FLAG, _PERSON, editable=False),
    Setting("restriction", N_("Outgoing call restrictions"), _RESTRICTIONS, Shape.CHOICE, _CALLS),
    Setting(
        "outside_plan_refused",
        N_("Outgoing call restrictions outside the unlimited plan"),
        _RESTRICTIONS,
        Shape.FLAG,
        _CALLS,
    ),
    Setting("number_presented", N_("Number presented"), _OPTIONS, Shape.OWN_NUMBER, _CALLS),
    Setting("receptionist", N_("Receptionist option"), _OPTIONS, Shape.FLAG, _PERSON),
    Setting("fax2mail_number", N_("Fax2Mail number"), _OPTIONS, Shape.OWN_NUMBER, _CALLS),
    Setting("supervisor", N_("Supervisor"), _OPTIONS, Shape.FLAG, _PERSON),
)
SETTINGS = {setting.code: setting for setting in _TABLE}


def editable(code: str, licence: str) -> Setting:
    """Raises SettingNotOffered."""
    setting = SETTINGS.get(code)
    if setting is None or not setting.editable or licence not in setting.had_by:
        raise SettingNotOffered(field=setting.label if setting else code[: names.LONGEST])
    return setting


def read(setting: Setting, typed: str) -> str:
    """The value as it is kept. Raises Malformed, naming the setting by its code."""
    value = unicodedata.normalize("NFKC", typed).strip()
    match setting.shape:
        case Shape.FLAG:
            return _one_of((YES, NO), value, setting)
        case Shape.CHOICE:
            return _one_of(RESTRICTIONS, value, setting)
        case Shape.NAME if value or setting.required:
            return names.read_firm(value, field=setting.code)
        case Shape.NUMBER | Shape.OWN_NUMBER if value:
            return _number(value, setting)
    return ""


def told(setting: Setting, value: str) -> str:
    """The value in words to translate; a number and a name as they are."""
    if setting.shape is Shape.CHOICE:
        return RESTRICTIONS.get(value, value)
    return value or NONE


def _one_of(known: Collection[str], value: str, setting: Setting) -> str:
    if value not in known:
        raise Malformed(field=setting.code, why=N_("pick one of the choices"))
    return value


def _number(value: str, setting: Setting) -> str:
    number = identifiers.e164(value)
    if not number:
        raise Malformed(field=setting.code, why=N_("write it as 01 84 78 01 17 or +33 1 84 78 01 17"))
    return number
