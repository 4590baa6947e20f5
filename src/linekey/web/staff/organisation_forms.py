"""The forms of an organisation: what is missing they say; names and references are the desk's to judge."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linekey.domain.errors import Malformed
from linekey.domain.tree import OrganisationKind
from linekey.records.pages import OrganisationPage
from linekey.usecases.open_organisation import FirstAdministrator
from linekey.web.forms import PlainForm, blame
from linekey.web.staff import words
from linekey.web.staff.organisations import crumbs

LONGEST = 120


def _text(
    label: Any, *, help_text: Any = "", required: bool = True, longest: int = LONGEST
) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=longest, widget=widget
    )


def _name() -> forms.CharField:
    return _text(gettext_lazy("Name"), help_text=gettext_lazy("As its people know it; it stands in e-mails."))


def _reference() -> forms.CharField:
    return _text(
        gettext_lazy("Client ref."),
        help_text=gettext_lazy("What your books call it: CLI-00042. May stay empty."),
        required=False,
    )


class OpenForm(PlainForm):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    name = _name()
    reference = _reference()
    first_name = _text(gettext_lazy("First name"), required=False)
    last_name = _text(gettext_lazy("Last name"), required=False)
    email = _text(
        gettext_lazy("E-mail address"),
        help_text=gettext_lazy("Receives an activation link; nobody here learns the password."),
        required=False,
        longest=254,
    )

    def __init__(self, kinds: tuple[OrganisationKind, ...], data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(kind.value, words.organisation_kind(kind)) for kind in kinds]
        if len(kinds) == 1:
            field.widget, field.initial = forms.HiddenInput(), kinds[0].value

    def clean(self) -> dict[str, Any]:
        """A first administrator is named whole, or not at all."""
        found = super().clean() or {}
        person = ("first_name", "last_name", "email")
        if any(found.get(name) for name in person):
            for name in person:
                if not found.get(name) and name not in self.errors:
                    self.add_error(name, _("Fill this in too, or leave all three empty."))
        return found

    def first(self) -> FirstAdministrator | None:
        found = self.cleaned_data
        if not found["email"]:
            return None
        return FirstAdministrator(found["first_name"], found["last_name"], found["email"])


class EditForm(PlainForm):
    name = _name()
    reference = _reference()


class SiteForm(PlainForm):
    site = _text(gettext_lazy("Name of the site"), help_text=gettext_lazy("A town, a building: Roubaix."))


def frame(found: OrganisationPage, leaf: str) -> dict[str, Any]:
    here = (*found.trail, (found.row.id, found.row.name))
    return {"page": found, "crumbs": crumbs(here, leaf), "back": reverse("organisation", args=[found.row.id])}


def blame_named(form: PlainForm, refusal: Malformed) -> None:
    field = str(refusal.values["field"])
    if field not in form.fields:
        raise refusal
    blame(form, field, refusal)
