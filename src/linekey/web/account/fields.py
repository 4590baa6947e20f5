"""Fields of these pages: the digits of a PIN, and the names of one's own things."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linekey.web.forms import SecretField

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
