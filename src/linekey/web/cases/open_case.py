"""`/aide-connexion/dossier/<situation>`: the form which opens a case, with documents.

The answer is the same whoever exists (law 7). The link to follow the case is in the mail alone: whoever
fills the form in has not shown yet that the address is theirs.
"""

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from linekey.domain import names
from linekey.domain.cases import LONGEST_STORY
from linekey.domain.errors import AddressRefused, FileRefused, Malformed, NotFound, TooManyAttempts
from linekey.records import pages
from linekey.usecases import open_case
from linekey.web.cases.situations import BY_PLACE
from linekey.web.components.case_words import hours_told
from linekey.web.forms import LONGEST_IDENTIFIER, TYPED_NAME, PlainForm, blame
from linekey.web.refusals import form_page
from linekey.web.uploads import DocumentsField, takes_documents
from linekey.web.visitor import visitor_of


class CaseForm(PlainForm):
    identifier = forms.CharField(
        label=_("Account concerned"),
        help_text=_("Its customer ID, e-mail address or phone number. The customer ID is on your invoices."),
        max_length=LONGEST_IDENTIFIER,
        error_messages={"required": _("Say which account it is about.")},
        widget=forms.TextInput(attrs={**TYPED_NAME, "autofocus": False}),
    )
    name = forms.CharField(
        label=_("Your first and last name"),
        help_text=_("As on your documents."),
        max_length=names.LONGEST,
        error_messages={"required": _("Type your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact = forms.CharField(
        label=_("E-mail address where we reach you now"),
        help_text=_("One that you read today. Everything about the case is sent there."),
        max_length=LONGEST_IDENTIFIER,
        error_messages={"required": _("Type your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    phone = forms.CharField(
        label=_("Phone number, if we may call you"),
        help_text=_("To prove who you are we call the number on the account only."),
        required=False,
        max_length=open_case.LONGEST_PHONE,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    extension = forms.CharField(
        label=_("Extension, if your company gave you one"),
        required=False,
        max_length=open_case.LONGEST_EXTENSION,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "tel-extension"}),
    )
    story = forms.CharField(
        label=_("What happened"),
        help_text=_("In a few words: since when, and what you tried already. Never write a password here."),
        required=False,
        max_length=LONGEST_STORY,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    documents = DocumentsField(
        label=_("Documents"),
        help_text=_(
            "PDF, JPEG or PNG, at most five, of at most 10 MB each: your identity card or passport; for a "
            "company also a proof that you act for it. They are encrypted, read by support alone, and erased "
            "after the decision."
        ),
    )


@never_cache
@takes_documents
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, situation: str) -> HttpResponseBase:
    if situation not in BY_PLACE:
        raise NotFound()
    chosen, refusal = BY_PLACE[situation], None
    posted = request.method == "POST"
    form = CaseForm(request.POST if posted else None, files=request.FILES if posted else None)
    if form.is_valid():
        typed = dict(form.cleaned_data)
        try:
            reference = open_case.open_case(
                kind=chosen.kind,
                files=typed.pop("documents"),
                **typed,
                language=get_language() or "",
                visitor=visitor_of(request),
                now=timezone.now(),
            )
        except AddressRefused as wrong:
            blame(form, "contact", wrong)
        except FileRefused as wrong:
            blame(form, "documents", wrong)
        except Malformed as wrong:
            field = str(wrong.values["field"])
            blame(form, "documents" if field == "files" else field, wrong)
        except TooManyAttempts as shut:
            refusal = shut
        else:
            sent = {"reference": reference, "contact": typed["contact"], "wait": _wait()}
            return render(request, "linekey/cases/opened.html", sent)
    shown = {"form": form, "situation": chosen, "wait": _wait(), "files_lost": bool(request.FILES)}
    return form_page(request, "linekey/cases/open.html", shown, refusal)


def _wait() -> str:
    return hours_told(pages.case_wait_hours())
