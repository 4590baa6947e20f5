"""How a flow is answered: one way at a time, the one asked for, else the one used last; the others are links.

Shared by signing in, proving again and recovering. Whether an answer is right is for the desk alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from linekey.domain.errors import FlowOver, Refusal, WrongCode
from linekey.domain.factors import Means
from linekey.usecases.prove_factor import KeyAnswer, Proof, TypedCode
from linekey.web.forms import PlainForm, TypedSecretField, blame, key_answer

ICONS = {
    Means.KEY: "key",
    Means.TOTP: "device",
    Means.RECOVERY_CODE: "list",
    Means.MAIL: "mail",
    Means.SMS: "phone",
}
NAMES = {
    Means.KEY: gettext_noop("Security key or passkey"),
    Means.TOTP: gettext_noop("Authenticator application"),
    Means.RECOVERY_CODE: gettext_noop("Recovery code"),
    Means.MAIL: gettext_noop("Code by e-mail"),
    Means.SMS: gettext_noop("Code by SMS"),
}


class SixDigitsForm(PlainForm):
    code = TypedSecretField(
        label=gettext_lazy("Code of six digits"),
        missing=gettext_lazy("Type the code."),
        inputmode="numeric",
        autocomplete="one-time-code",
        **{"class": "code"},
    )


class RecoveryCodeForm(PlainForm):
    code = TypedSecretField(
        label=gettext_lazy("Recovery code"),
        missing=gettext_lazy("Type the code."),
        help_text=gettext_lazy("Four groups of four letters and digits. Dashes and capitals do not matter."),
        autocomplete="off",
        autocapitalize="characters",
        **{"class": "code long"},
    )


@dataclass(frozen=True)
class Way:
    """A way, as a link to it is drawn."""

    icon: str
    name: str
    address: str


def offered(ways: Sequence[Means]) -> list[Means]:
    """Without what this operator has no gateway for."""
    return [each for each in ways if each is not Means.SMS or settings.LINEKEY_SMS_URL]


def named(request: HttpRequest, ways: Sequence[Means]) -> Means | None:
    """The way asked for, when it is offered."""
    wanted = request.POST.get("way") or request.GET.get("way")
    return next((each for each in ways if each.value == wanted), None)


def chosen(request: HttpRequest, ways: Sequence[Means]) -> Means:
    """The way asked for, else the first. Raises FlowOver when none is offered."""
    if not ways:
        raise FlowOver()
    return named(request, ways) or ways[0]


def links(ways: Sequence[Means], besides: Means | None, **kept: str) -> list[Way]:
    """To every way but the one on the page. `kept` stands in their addresses too."""
    return [
        Way(ICONS[each], _(NAMES[each]), f"?{urlencode({'way': each.value, **kept})}")
        for each in ways
        if each is not besides
    ]


class Answer:
    """What a page asks one way, and what was answered to it."""

    def __init__(self, request: HttpRequest, means: Means) -> None:
        self.means = means
        sent = request.POST if "way" in request.POST else None
        self.form = (RecoveryCodeForm if means is Means.RECOVERY_CODE else SixDigitsForm)(sent)
        self.proof: Proof | None = None
        """None while nothing was answered that the desk could judge."""
        if sent is not None and means is Means.KEY:
            self.proof = KeyAnswer(key_answer(request))
        elif sent is not None and self.form.is_valid():
            self.proof = TypedCode(means, self.form.cleaned_data["code"])

    def refuse(self, refusal: Refusal) -> Refusal | None:
        """What to say above the form; None when it is said beside the field, of what was typed there.

        Raises FlowOver after the last try.
        """
        if not isinstance(refusal, WrongCode):
            return refusal
        if not refusal.values["left"]:
            raise FlowOver()
        blame(self.form, "code", refusal)
        return None

    def shown(self, **kept: str) -> dict[str, Any]:
        """What `entry/way.html` needs; `kept` comes back with the form."""
        return {"way": self.means.value, "form": self.form, "kept": {"way": self.means.value, **kept}}
