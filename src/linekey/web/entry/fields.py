"""Fields of somebody who is not signed in yet: who they say they are, and the codes they type."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linekey.domain.secret import Secret
from linekey.web.forms import LONGEST_IDENTIFIER, TYPED_NAME, PlainForm, SecretField

LONGEST_EXTENSION = 10
LONGEST_TYPED = 120


class WhoForm(PlainForm):
    """Who somebody says they are. Several people may share a phone number, each with an extension."""

    identifier = forms.CharField(
        label=_("Customer ID, e-mail address or phone number"),
        max_length=LONGEST_IDENTIFIER,
        error_messages={"required": _("Type your customer ID, your e-mail address or your phone number.")},
        widget=forms.TextInput(attrs=TYPED_NAME),
    )
    extension = forms.CharField(
        label=_("Extension"),
        required=False,
        max_length=LONGEST_EXTENSION,
        help_text=_("The number dialled behind the main one. Leave it empty if the number is yours alone."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "tel-extension"}),
    )


class NewPasswordForm(PlainForm):
    password = SecretField(
        label=_("New password"),
        autocomplete="new-password",
        autofocus="autofocus",
        **{"aria-describedby": "conditions"},
    )

    def add_error(self, field: Any, error: Any) -> None:
        """What is wrong is read out with the conditions."""
        super().add_error(field, error)
        self.fields["password"].widget.attrs["aria-describedby"] = "conditions id_password_error"


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
