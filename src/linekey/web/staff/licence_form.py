"""The form of a group of settings: what is set now, what the person typed, and what they saw when they began.

What they saw goes out with the form and comes back with it, so that the desk can tell another's change.
"""

from collections.abc import Mapping

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext

from linekey.domain.licences import NO, RESTRICTIONS, YES, Setting, Shape
from linekey.records.pages import LicenceRow
from linekey.web.forms import LONGEST_TYPED, PlainForm
from linekey.web.staff.licence_words import NUMBERS, Group, capitalised
from linekey.web.templatetags.desk import number

_CHOICES = {Shape.FLAG: {YES: YES, NO: NO}, Shape.CHOICE: RESTRICTIONS}
_WAS = "vu-"


class SettingsForm(PlainForm):
    def __init__(
        self, row: LicenceRow, group: Group, data: Mapping[str, str] | None = None, *, focus: str = ""
    ) -> None:
        super().__init__(data, auto_id=f"{row.reference}-{group.code}-%s")
        self.settings = group.editable(row)
        for setting in self.settings:
            self.fields[setting.code] = field = _field(setting)
            field.initial = shown(setting, row.values[setting.code])
        self.seen = {setting.code: row.values[setting.code] for setting in self.settings}
        """What goes out with the form, by code."""
        self._focus(focus if focus in self.fields else next(iter(self.fields)))

    @property
    def saw(self) -> list[tuple[str, str]]:
        """Hidden fields: name, value."""
        return [(f"{_WAS}{code}", value) for code, value in self.seen.items()]

    def _focus(self, code: str) -> None:
        for field in self.fields.values():
            field.widget.attrs.pop("autofocus", None)
        self.fields[code].widget.attrs["autofocus"] = True
        self.focused = code

    def focus_on_what_is_wrong(self) -> None:
        self._focus(next(code for code in self.fields if code in self.errors))


def sent(request: HttpRequest, row: LicenceRow, group: Group) -> SettingsForm:
    """The form as it came back, with what its sender had seen."""
    form = SettingsForm(row, group, request.POST.dict())
    form.seen = {
        code: request.POST[f"{_WAS}{code}"] for code in form.fields if f"{_WAS}{code}" in request.POST
    }
    return form


def again(before: SettingsForm, row: LicenceRow, group: Group) -> SettingsForm:
    """After another's change: what the person touched stays as typed, the rest is as it is now."""
    typed = {
        setting.code: before.data.get(setting.code, "")
        if _touched(before, setting)
        else shown(setting, row.values[setting.code])
        for setting in before.settings
    }
    return SettingsForm(row, group, typed)


def shown(setting: Setting, value: str) -> str:
    """As it stands in its field."""
    return number(value) if setting.shape in NUMBERS else value


def _touched(form: SettingsForm, setting: Setting) -> bool:
    typed: str = form.data.get(setting.code, "")
    return typed != shown(setting, form.seen.get(setting.code, ""))


def _field(setting: Setting) -> forms.Field:
    label = gettext(setting.label)
    if setting.shape in _CHOICES:
        known = _CHOICES[setting.shape].items()
        return forms.ChoiceField(
            label=label, choices=[(code, capitalised(gettext(word))) for code, word in known]
        )
    attributes = {"autocomplete": "off", "spellcheck": "false"}
    if setting.shape in NUMBERS:
        attributes |= {"inputmode": "tel"}
    return forms.CharField(
        label=label,
        required=setting.required,
        max_length=LONGEST_TYPED,
        widget=forms.TextInput(attrs=attributes),
    )
