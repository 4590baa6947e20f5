"""`/dossier/<token>`: where a case stands, for whoever opened it; answer, add documents, confirm, withdraw.

Looking consumes nothing. What was sent in is listed, and never shown again: a link in a mailbox opens nothing
worth stealing.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods, require_POST

from linekey.domain.cases import LONGEST_STORY, CaseState
from linekey.domain.errors import CaseOver, FileRefused, Malformed, Refusal, TooManyAttempts
from linekey.domain.secret import Secret
from linekey.usecases import follow_case
from linekey.usecases.follow_case import FollowedCase
from linekey.web import notices, session
from linekey.web.cases.journey import journey_of, telling_of, wants_address
from linekey.web.cases.links import case_link
from linekey.web.components.case_words import file_type, kind_name
from linekey.web.forms import PlainForm, blame
from linekey.web.refusals import form_page
from linekey.web.templatetags.desk import moment
from linekey.web.uploads import DocumentsField, takes_documents
from linekey.web.visitor import visitor_of


class AnswerForm(PlainForm):
    words = forms.CharField(
        label=gettext_lazy("Your words"),
        help_text=gettext_lazy("Never write a password here."),
        required=False,
        max_length=LONGEST_STORY,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, may_add: int, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["documents"] = DocumentsField(
            label=_("Documents"), help_text=_("PDF, JPEG or PNG, of at most 10 MB each."), most=may_add
        )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors and not typed.get("words") and not typed.get("documents"):
            raise forms.ValidationError(_("Write something, or choose a document."))
        return typed


@takes_documents
@case_link
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponseBase:
    now = timezone.now()
    case = follow_case.look(token=Secret(token), now=now)
    if request.method != "POST":
        return _shown(request, token, case, AnswerForm(case.may_add))
    form = AnswerForm(case.may_add, request.POST, files=request.FILES)
    if not form.is_valid():
        return _shown(request, token, case, form)
    return _answered(request, token, case, form, now)


def _answered(
    request: HttpRequest, token: str, case: FollowedCase, form: AnswerForm, now: datetime
) -> HttpResponseBase:
    try:
        follow_case.answer(
            token=Secret(token),
            words=form.cleaned_data["words"],
            files=form.cleaned_data["documents"],
            visitor=visitor_of(request),
            now=now,
        )
    except FileRefused as wrong:
        blame(form, "documents", wrong)
    except Malformed as wrong:
        blame(form, "documents" if wrong.values["field"] == "files" else "words", wrong)
    except TooManyAttempts as shut:
        return _shown(request, token, case, form, shut)
    except CaseOver as late:
        return _late(request, token, late)
    else:
        notices.leave(request, "success", gettext_noop("It is with support now. Thank you."))
        return session.to("case-follow", token)
    return _shown(request, token, case, form)


def _shown(
    request: HttpRequest, token: str, case: FollowedCase, form: AnswerForm, refusal: Refusal | None = None
) -> HttpResponseBase:
    telling = telling_of(case)
    asking = case.state is CaseState.ASKING
    places = {name: reverse(f"case-{name}", args=[token]) for name in ("follow", "confirm", "withdraw")}
    shown = {
        "case": case,
        "kind": kind_name(case.kind),
        "tone": telling.tone,
        "headline": telling.headline,
        "next": telling.next,
        "ask_confirmation": wants_address(case),
        "words": case.wanted if asking or case.state is CaseState.REFUSED else "",
        "words_title": _("What support asks for") if asking else _("Why"),
        "journey": journey_of(case),
        "documents": [
            {"type": file_type(sent.media_type), "size": sent.size, "at": sent.sent_at}
            for sent in case.documents
        ],
        "kept": _kept(case),
        "asking": asking,
        "form": form,
        "files_lost": bool(request.FILES),
        "places": places,
    }
    return form_page(request, "linekey/cases/follow.html", shown, refusal)


def _kept(case: FollowedCase) -> str:
    if case.purged:
        return _("Your documents are erased.")
    if case.purge_at is not None:
        return _("Your documents are erased %(at)s") % {"at": moment(case.purge_at)}
    return _(
        "They are kept encrypted, read by support alone, and erased seven days after the case has ended."
    )


def _late(request: HttpRequest, token: str, late: CaseOver) -> HttpResponseBase:
    """Where it stands now is on the page itself."""
    notices.leave(request, "warning", late.sentence)
    return session.to("case-follow", token)


@case_link
@require_POST
def confirm(request: HttpRequest, token: str) -> HttpResponseBase:
    try:
        follow_case.confirm(token=Secret(token), visitor=visitor_of(request), now=timezone.now())
    except CaseOver as late:
        return _late(request, token, late)
    notices.leave(request, "success", gettext_noop("Your address is confirmed."))
    return session.to("case-follow", token)


@case_link
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, token: str) -> HttpResponseBase:
    now, link = timezone.now(), Secret(token)
    case = follow_case.look(token=link, now=now)
    try:
        if request.method == "POST":
            follow_case.withdraw(token=link, visitor=visitor_of(request), now=now)
        elif not case.may_withdraw:
            raise CaseOver()
    except CaseOver as late:
        return _late(request, token, late)
    if request.method == "POST":
        notices.leave(
            request, "success", gettext_noop("The case is withdrawn, and your documents are erased.")
        )
        return session.to("case-follow", token)
    shown = {
        "title": _("Withdraw the case"),
        "lead": kind_name(case.kind),
        "object": _("Case %(reference)s") % {"reference": case.reference},
        "consequences": [
            _("Support does nothing more, and the account stays as it is."),
            _("Your documents are erased at once."),
            _("It cannot be taken back; you may open a new case."),
        ],
        "button": _("Withdraw the case"),
        "cancel": reverse("case-follow", args=[token]),
    }
    return render(request, "linekey/cases/ask.html", shown)
