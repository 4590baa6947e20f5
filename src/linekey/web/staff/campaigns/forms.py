"""What a campaign is asked to be: up to the confirmation it stands in the address, and nowhere else."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from linekey.domain import names
from linekey.domain.campaigns import FASTEST, CampaignMode, HandOver, Orders, orders
from linekey.domain.errors import Malformed
from linekey.web.forms import PlainForm, SecretField
from linekey.web.staff.campaigns import words
from linekey.web.wording import sentence_of

_PAUSES = (
    (0, _("no pause")),
    (5, _("5 minutes")),
    (15, _("15 minutes")),
    (60, _("1 hour")),
    (24 * 60, _("1 day")),
)


def _number(label: Any, least: int, most: int, initial: int, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, initial=initial, help_text=help_text
    )


class OrdersForm(PlainForm):
    """Every field has a French name: it stands in an address."""

    nom = forms.CharField(
        label=_("Name of the campaign"),
        max_length=80,
        help_text=_("For you and your colleagues: Leak of March."),
    )
    mode = forms.ChoiceField(
        label=_("The old passwords"), widget=forms.RadioSelect, initial=CampaignMode.GRACE
    )
    remise = forms.ChoiceField(label=_("The new passwords"), widget=forms.RadioSelect, initial=HandOver.LINK)
    cadence = _number(_("Services per second"), 1, FASTEST, 50)
    vague = _number(_("Services per wave"), 0, 1_000_000, 0, _("0: all in one."))
    pause = forms.TypedChoiceField(
        label=_("Pause between waves"),
        coerce=int,
        choices=_PAUSES,
        initial=0,
        required=False,
        empty_value=None,
    )
    seuil = _number(_("Stop when this percentage is refused"), 0, 100, 5, _("0: never."))
    echecs = _number(_("Stop after this many are refused"), 0, 1_000_000, 0, _("0: whatever their number."))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for name, told in (("mode", words.MODES), ("remise", words.HAND_OVERS)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
            field.choices = [(code.value, _(title)) for code, (title, _text) in told.items()]

    def clean_nom(self) -> str:
        try:
            return names.read_firm(self.cleaned_data["nom"], field="nom")
        except Malformed as refusal:
            raise forms.ValidationError(sentence_of(refusal)) from None

    def orders(self) -> Orders:
        """Once it is valid."""
        found = self.cleaned_data
        return orders(
            mode=found["mode"],
            hand_over=found["remise"],
            rate=found["cadence"],
            wave=found["vague"],
            pause=found["pause"] or 0,
            stop_percent=found["seuil"],
            stop_count=found["echecs"],
        )


class TakeForm(PlainForm):
    passphrase = SecretField(
        label=_("Passphrase of the file"),
        autocomplete="new-password",
    )


def asked_for(request: HttpRequest) -> OrdersForm:
    """What the address asks for; unbound while it asks for nothing yet."""
    return OrdersForm(request.GET if "nom" in request.GET else None)
