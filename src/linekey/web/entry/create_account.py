"""`/creer-un-compte`: ask for an account of one's own (ACC-10). What comes of it is told by mail alone."""

from typing import cast

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linekey.domain import names
from linekey.domain.errors import AddressRefused, Malformed, TooManyAttempts
from linekey.domain.recovery import LASTS, Purpose
from linekey.usecases import create_account
from linekey.web import session
from linekey.web.forms import LONGEST_IDENTIFIER, PlainForm, blame
from linekey.web.refusals import form_page
from linekey.web.session import DeskRequest
from linekey.web.visitor import visitor_of


class CreateAccountForm(PlainForm):
    first_name = forms.CharField(
        label=_("First name"),
        max_length=names.LONGEST,
        error_messages={"required": _("Type your first name.")},
        widget=forms.TextInput(attrs={"autocomplete": "given-name", "autofocus": True}),
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=names.LONGEST,
        error_messages={"required": _("Type your last name.")},
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    # Not Django's e-mail field: what an address may look like is decided in one place, the use-case.
    email = forms.CharField(
        label=_("E-mail address"),
        max_length=LONGEST_IDENTIFIER,
        error_messages={"required": _("Type your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(
        label=_("Language of our e-mails"),
        choices=settings.LANGUAGES,
        error_messages={"required": _("Choose a language."), "invalid_choice": _("Choose a language.")},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponseBase:
    if cast(DeskRequest, request).actor is not None:
        return session.to("home")
    form, refusal = CreateAccountForm(request.POST or None, initial={"language": get_language()}), None
    if request.method == "POST" and form.is_valid():
        try:
            create_account.ask(
                **form.cleaned_data,
                suffix=settings.LINEKEY_CUSTOMER_SUFFIX,
                visitor=visitor_of(request),
                now=timezone.now(),
            )
        except AddressRefused as wrong:
            blame(form, "email", wrong)
        except Malformed as wrong:
            blame(form, str(wrong.values["field"]), wrong)
        except TooManyAttempts as shut:
            refusal = shut
        else:
            return render(request, "linekey/entry/account_asked.html", {"days": LASTS[Purpose.ACTIVATE].days})
    return form_page(request, "linekey/entry/create_account.html", {"form": form}, refusal)
