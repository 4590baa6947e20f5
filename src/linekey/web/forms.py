"""Fields the forms share: how a secret and an identifier are read, and how large they may be."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linekey.domain.secret import Secret

LONGEST_PASSWORD = 1024
LONGEST_IDENTIFIER = 254
TYPED_NAME = {
    "autocomplete": "username",
    "autocapitalize": "none",
    "spellcheck": "false",
    "autofocus": True,
}
"""Attributes of the field in which somebody says who they are."""


class SecretField(forms.CharField):
    """A typed secret: kept exactly as typed, in a `Secret` from the first line on, and never sent back."""

    def __init__(self, *, label: Any, autocomplete: str, **attributes: str) -> None:
        super().__init__(
            label=label,
            strip=False,
            max_length=LONGEST_PASSWORD,
            widget=forms.PasswordInput(
                attrs={
                    "autocomplete": autocomplete,
                    "spellcheck": "false",
                    "autocapitalize": "none",
                    **attributes,
                }
            ),
            error_messages={
                "required": _("Type the password."),
                "max_length": _("This password is too long: %(limit_value)d characters at most."),
            },
        )

    def clean(self, value: Any) -> Any:
        return Secret(super().clean(value))


class PlainForm(forms.Form):
    """A form whose fields `components/field.html` draws: no colon after labels."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
