"""Fields of these pages: the digits of a PIN, and the names of one's own things."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linekey.domain.errors import Malformed, Refusal
from linekey.web.forms import SecretField
from linekey.web.wording import next_step_of, sentence_of

LONGEST_NAME = 60


class PinField(SecretField):
    def __init__(self, *, label: Any, help_text: Any = "") -> None:
        super().__init__(label=label, autocomplete="off", inputmode="numeric")
        self.help_text = help_text
        self.error_messages["required"] = _("Type the PIN.")


class NameField(forms.CharField):
    """What a person calls one of their own things."""

    def __init__(self, *, label: Any, help_text: Any = "", required: bool = True) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=required,
            max_length=LONGEST_NAME,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            error_messages={"required": _("Give it a name.")},
        )


def read_first(field: forms.Field) -> None:
    """What stands above the field is read before it is filled: a phone must not scroll past it."""
    field.widget.attrs.pop("autofocus", None)


def blame(form: forms.Form, field: str, refusal: Refusal) -> None:
    """Say beside its field what was refused, and what to do. What cannot be read says why, no more."""
    if isinstance(refusal, Malformed):
        why = gettext(str(refusal.values["why"]))
        form.add_error(field, f"{why[:1].upper()}{why[1:]}.")
    else:
        form.add_error(field, f"{sentence_of(refusal)} {next_step_of(refusal)}")
