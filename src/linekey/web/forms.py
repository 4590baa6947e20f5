"""What the forms share: how secrets, names and the answers of keys are read, and how a refusal is told."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linekey.domain.errors import Malformed, Refusal
from linekey.domain.secret import Secret
from linekey.web.wording import next_step_of, sentence_of

LONGEST_PASSWORD = 1024
LONGEST_IDENTIFIER = 254
LONGEST_TYPED = 120
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


class _ShownInput(forms.PasswordInput):
    """Shown while it is typed, and never sent back."""

    input_type = "text"


class TypedSecretField(forms.CharField):
    """A code or an answer: readable while it is typed, in a `Secret` from then on, and never sent back."""

    def __init__(self, *, label: Any, missing: Any, help_text: Any = "", **attributes: str) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            strip=False,
            max_length=LONGEST_TYPED,
            widget=_ShownInput(attrs={"autofocus": True, "spellcheck": "false", **attributes}),
            error_messages={"required": missing, "max_length": _("This is too long.")},
        )

    def clean(self, value: Any) -> Any:
        return Secret(super().clean(value))


class PlainForm(forms.Form):
    """A form whose fields `components/field.html` draws: no colon after labels."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)


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


def key_answer(request: HttpRequest) -> dict[str, Any]:
    """What the browser says a key answered; empty when it is no JSON object, which no key will match."""
    try:
        found = json.loads(request.POST.get("answer", ""))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
