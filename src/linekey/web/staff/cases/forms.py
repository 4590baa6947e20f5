"""What agents type in a case: what a caller reads to them, and words. Never a password."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linekey.domain.cases import LONGEST_WORDS
from linekey.web.forms import PlainForm, TypedSecretField, read_first
from linekey.web.staff.deliver import LowerCase


class _CaseForm(PlainForm):
    """Several stand on one page: ids begin with the name of the form."""

    name: str

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"{self.name}_%s", **kwargs)
        for field in self.fields.values():
            read_first(field)


class CallForm(_CaseForm):
    name = "call"
    code = TypedSecretField(
        label=_("Code the person reads to you"),
        missing=_("Type the code."),
        inputmode="numeric",
        autocomplete="off",
        **{"class": "code"},
    )


class RecoveryForm(_CaseForm):
    name = "recovery"
    code = TypedSecretField(
        label=_("Recovery code the person reads to you"),
        missing=_("Type the code."),
        autocomplete="off",
        autocapitalize="characters",
        **{"class": "code long"},
    )


class AccountForm(_CaseForm):
    name = "account"
    customer_id = LowerCase(
        label=_("Customer ID of the account"),
        max_length=20,
        error_messages={"required": _("Type the customer ID.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class DocumentsForm(_CaseForm):
    name = "judge"
    match = forms.ChoiceField(
        label=_("Are they the owner's?"),
        choices=[("yes", _("Yes: they match the account")), ("no", _("No: they do not"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether they match.")},
    )
    note = forms.CharField(
        label=_("What you compared"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class AskForm(_CaseForm):
    name = "ask"
    words = forms.CharField(
        label=_("What you ask the applicant for"),
        help_text=_("They read your words, by e-mail and on the page of their case."),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what is missing.")},
    )


class NoteForm(_CaseForm):
    name = "note"
    words = forms.CharField(
        label=_("Note for colleagues"),
        help_text=_("The applicant never reads it."),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write the note.")},
    )


class RefuseForm(_CaseForm):
    name = "refuse"
    words = forms.CharField(
        label=_("Why"),
        help_text=_("The applicant reads your words. Say what would have been needed."),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say why.")},
    )


class SendBackForm(_CaseForm):
    name = "back"
    words = forms.CharField(
        label=_("What should be checked again"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
