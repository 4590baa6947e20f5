"""Fields of somebody who is not signed in yet: who they say they are, and the password they choose."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linekey.web.forms import LONGEST_IDENTIFIER, TYPED_NAME, PlainForm, SecretField

LONGEST_EXTENSION = 10


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
