"""`/compte/coordonnees`: where the person is reached: main and backup e-mail, phone, language (ACC-10).

A new address or number is used once it has answered with the code sent to it; until then the old one stays.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from linekey.domain.contacts import Contact
from linekey.domain.errors import AddressRefused, Malformed, NoSms, NotFound
from linekey.records import pages
from linekey.records.pages import AccountPage
from linekey.usecases import change_contact
from linekey.web import notices, session
from linekey.web.account.ask import ask
from linekey.web.account.frame import frame
from linekey.web.forms import LONGEST_IDENTIFIER, PlainForm, blame
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, require_recent, signed_in
from linekey.web.visitor import visitor_of

PLACES = {"email": Contact.EMAIL, "secours": Contact.BACKUP, "telephone": Contact.PHONE}
"""How each contact is called in addresses."""


class ContactForm(PlainForm):
    value = forms.CharField(max_length=LONGEST_IDENTIFIER)

    def __init__(self, data: Any, contact: Contact) -> None:
        super().__init__(data)
        self.fields["value"].label = {
            Contact.EMAIL: _("New main e-mail address"),
            Contact.BACKUP: _("Backup e-mail address"),
            Contact.PHONE: _("Mobile number"),
        }[contact]
        kind, complete = ("tel", "tel") if contact is Contact.PHONE else ("email", "email")
        self.fields["value"].widget.input_type = kind
        self.fields["value"].widget.attrs |= {"autocomplete": complete, "spellcheck": "false"}


@require_safe
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    shown = frame("account-contacts") | {
        "page": pages.account(request.actor),
        "texts": bool(settings.LINEKEY_SMS_URL),
        "languages": settings.LANGUAGES,
    }
    return render(request, "linekey/account/contacts.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def change(request: SignedInRequest, place: str) -> HttpResponseBase:
    now, contact = timezone.now(), _contact(place)
    require_recent(request, now)
    if contact is Contact.PHONE and not settings.LINEKEY_SMS_URL:
        raise NoSms()
    form = ContactForm(request.POST or None, contact)
    if request.method == "POST" and form.is_valid():
        try:
            reference = change_contact.begin(
                actor=request.actor,
                contact=contact,
                value=form.cleaned_data["value"],
                visitor=visitor_of(request),
                now=now,
            )
        except (AddressRefused, Malformed) as refused:
            blame(form, "value", refused)
        else:
            return session.to("account-contact-code", reference)
    found = pages.account(request.actor)
    shown = frame("account-contacts", leaf=_named(contact)) | {
        "form": form,
        "title": _named(contact),
        "told": _told(contact),
        "present": _present(found, contact),
    }
    return form_page(request, "linekey/account/contact.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: SignedInRequest, place: str) -> HttpResponseBase:
    now, contact = timezone.now(), _contact(place)
    require_recent(request, now)
    present = _present(pages.account(request.actor), contact)
    if contact is Contact.EMAIL or not present:
        raise NotFound()
    if request.method == "POST":
        change_contact.remove(actor=request.actor, contact=contact, now=now)
        notices.leave(request, "success", gettext_noop("%(value)s is removed."), value=present)
        return session.to("account-contacts")
    backup = contact is Contact.BACKUP
    title = _("Remove the backup e-mail") if backup else _("Remove the phone number")
    lost = (
        _("If your main mailbox is lost, getting back into the account then takes identity documents.")
        if backup
        else _("No code reaches you by SMS any more, and the number no longer signs you in.")
    )
    told = {
        "title": title,
        "object": present,
        "consequences": [lost, _("Your other addresses are told.")],
        "button": title,
        "cancel": reverse("account-contacts"),
    }
    return ask(request, "account-contacts", told)


def _contact(place: str) -> Contact:
    """Raises NotFound."""
    if place not in PLACES:
        raise NotFound()
    return PLACES[place]


def _named(contact: Contact) -> str:
    return {
        Contact.EMAIL: _("Main e-mail"),
        Contact.BACKUP: _("Backup e-mail"),
        Contact.PHONE: _("Phone"),
    }[contact]


def _told(contact: Contact) -> str:
    return {
        Contact.EMAIL: _("You sign in with it, and everything we send goes to it. The old address is told."),
        Contact.BACKUP: _(
            "It signs nobody in. It receives what must reach you, should the main mailbox be lost."
        ),
        Contact.PHONE: _("You can sign in with it, and receive codes on it by SMS."),
    }[contact]


def _present(found: AccountPage, contact: Contact) -> str:
    present = {Contact.EMAIL: found.email, Contact.BACKUP: found.backup_email, Contact.PHONE: found.phone}
    return present[contact]
