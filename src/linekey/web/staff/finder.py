"""What the finder of services is asked for, in French addresses that can be shared (CTX-1).

A value nobody could mean narrows nothing; one which may be a slip is told, and narrows nothing either.
"""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from linekey.domain.errors import Malformed
from linekey.records.search_words import Filters, question
from linekey.web import asked
from linekey.web.staff import words
from linekey.web.templatetags.desk import state_label
from linekey.web.wording import sentence_of

NAMES = {
    "text": "texte",
    "reference": "reference",
    "client": "client",
    "client_reference": "ref-client",
    "end_client": "client-final",
    "kind": "type",
    "product": "fiche",
    "accountcode": "accountcode",
    "address": "ip",
    "state": "etat",
}
LABELS = {
    "text": gettext_lazy("Contains"),
    "reference": gettext_lazy("Service ref."),
    "client": gettext_lazy("Client"),
    "client_reference": gettext_lazy("Client ref."),
    "end_client": gettext_lazy("End client’s name"),
    "kind": gettext_lazy("Service type"),
    "product": gettext_lazy("Contracted product ref."),
    "accountcode": gettext_lazy("Accountcode ref."),
    "address": gettext_lazy("IP address"),
    "state": gettext_lazy("Service state"),
}
TYPES = {
    "hosted_pbx": gettext_noop("Hosted PBX"),
    "user_licence": gettext_noop("User licence, any kind"),
    "user_licence_simple": words.LICENCES["simple"],
    "user_licence_svi": words.LICENCES["svi"],
    "user_licence_fax": words.LICENCES["fax"],
    "plain_line": gettext_noop("SIP line"),
    "pppoe_access": gettext_noop("Internet access"),
}
_ALSO_READ = {"sip_line": gettext_noop("SIP line or user licence")}
STATES = ("active", "suspended", "closed")
EXAMPLES = {
    "reference": "FPC172932",
    "client_reference": "CLI-00042",
    "product": "CTX-PRO-10",
    "accountcode": "133615",
    "address": "192.0.2.",
}


@dataclass(frozen=True)
class Field:
    """One filter as the form draws it: `choices` for a list, else a line to type in."""

    name: str
    label: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    example: str = ""
    wrong: str = ""


@dataclass(frozen=True)
class Chip:
    """One thing the list is narrowed to, and the address of the list without it."""

    label: str
    value: str
    without: str


@dataclass(frozen=True)
class Finder:
    filters: Filters
    typed: dict[str, str]
    wrong: dict[str, str]
    after: str = ""
    before: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Finder":
        """Raises Malformed for what cannot even be shown again."""
        typed = {field: asked.text(request, name) for field, name in NAMES.items()}
        known = {"kind": TYPES | _ALSO_READ, "state": STATES}
        given = {field: text for field, text in typed.items() if field not in known or text in known[field]}
        wrong = {}
        try:
            question(Filters(**given))
        except Malformed as refusal:
            wrong[str(refusal.values["field"])] = sentence_of(refusal)
        filters = Filters(**{field: text for field, text in given.items() if field not in wrong})
        return cls(filters, typed, wrong, asked.text(request, "apres"), asked.text(request, "avant"))

    @property
    def fields(self) -> list[Field]:
        choices = {
            "kind": tuple((code, gettext(name)) for code, name in self._types.items()),
            "state": tuple((code, state_label(code)) for code in STATES),
        }
        return [
            Field(
                name,
                str(LABELS[field]),
                self.typed[field],
                choices.get(field, ()),
                EXAMPLES.get(field, ""),
                self.wrong.get(field, ""),
            )
            for field, name in NAMES.items()
        ]

    @property
    def chips(self) -> list[Chip]:
        return [
            Chip(
                str(LABELS[field]),
                told(field, value),
                replace(self, filters=replace(self.filters, **{field: ""})).address(),
            )
            for field in NAMES
            if (value := getattr(self.filters, field))
        ]

    @property
    def opened(self) -> bool:
        """Is one of the filters used which are not in sight at first?"""
        return bool(self.wrong) or any(field != "text" for field in self.filters.given)

    def address(self, after: str = "", before: str = "", *, view: str = "staff-services") -> str:
        wanted = {name: value for field, name in NAMES.items() if (value := getattr(self.filters, field))}
        wanted |= {name: value for name, value in (("apres", after), ("avant", before)) if value}
        return reverse(view) + ("?" + urlencode(wanted) if wanted else "")

    @property
    def _types(self) -> dict[str, str]:
        return TYPES | {code: name for code, name in _ALSO_READ.items() if code == self.filters.kind}


def told(field: str, value: str) -> str:
    """A value of a filter in people's words: « SIP line » for `plain_line`."""
    if field == "kind":
        return gettext((TYPES | _ALSO_READ)[value])
    return state_label(value) if field == "state" else value
