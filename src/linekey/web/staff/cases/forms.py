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


def _words(label: Any, *, rows: int, about: Any = "", missing: Any = "") -> forms.CharField:
    """Somebody's own words; may be left empty where nothing is said to be `missing` then."""
    return forms.CharField(
        label=label,
        help_text=about,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": rows}),
        required=bool(missing),
        error_messages={"required": missing},
    )


class AskForm(_CaseForm):
    name = "ask"
    words = _words(
        _("What you ask the applicant for"),
        about=_("They read your words, by e-mail and on the page of their case."),
        missing=_("Write what is missing."),
        rows=3,
    )


class NoteForm(_CaseForm):
    name = "note"
    words = _words(
        _("Note for colleagues"),
        about=_("The applicant never reads it."),
        missing=_("Write the note."),
        rows=2,
    )


class RefuseForm(_CaseForm):
    name = "refuse"
    words = _words(
        _("Why"),
        about=_("The applicant reads your words. Say what would have been needed."),
        missing=_("Say why."),
        rows=4,
    )


class SendBackForm(_CaseForm):
    name = "back"
    words = _words(_("What should be checked again"), rows=3)
