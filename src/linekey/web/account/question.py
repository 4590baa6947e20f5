"""`/compte/question`: the security question, where the operator's policy still has one (TEAM-7).

An answer can often be found out, so it opens nothing alone and the page says so (NIST SP 800-63B-4 3.1.1.2).
"""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from linekey.domain.errors import Malformed, NotFound
from linekey.domain.questions import QUESTIONS
from linekey.records import pages
from linekey.usecases import set_question
from linekey.web import notices, session
from linekey.web.account.ask import ask
from linekey.web.account.frame import frame
from linekey.web.forms import PlainForm, TypedSecretField, blame
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, require_recent, signed_in


class QuestionForm(PlainForm):
    question = forms.ChoiceField(label=gettext_lazy("Question"))
    answer = TypedSecretField(
        label=gettext_lazy("Your answer"),
        missing=gettext_lazy("Type the answer."),
        help_text=gettext_lazy(
            "Capitals and accents do not matter. Best is one that nobody could guess or find."
        ),
        autocomplete="off",
    )

    def __init__(self, data: Any, chosen: str) -> None:
        super().__init__(data, initial={"question": chosen})
        choices = [(code, _(sentence)) for code, sentence in QUESTIONS.items()]
        self.fields["question"].choices = choices  # type: ignore[attr-defined]


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponseBase:
    return _page(request)


@signed_in
def _page(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    _offered(request)
    require_recent(request, now)
    found = pages.account(request.actor)
    form = QuestionForm(request.POST or None, found.question)
    if request.method == "POST" and form.is_valid():
        chosen, answer = form.cleaned_data["question"], form.cleaned_data["answer"]
        try:
            set_question.set_question(actor=request.actor, question=chosen, answer=answer, now=now)
        except Malformed as refused:
            blame(form, "answer", refused)
        else:
            notices.leave(request, "success", gettext_noop("Your security question is set."))
            return session.to("account-password")
    shown = frame("account-password", leaf=_("Security question")) | {"form": form, "page": found}
    return form_page(request, "linekey/account/question.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    require_recent(request, now)
    found = pages.account(request.actor)
    if not found.question:
        raise NotFound()
    if request.method == "POST":
        set_question.set_question(actor=request.actor, question="", answer=None, now=now)
        notices.leave(request, "success", gettext_noop("Your security question is removed."))
        return session.to("account-password")
    return ask(
        request,
        "account-password",
        {
            "title": _("Remove the security question"),
            "object": _(QUESTIONS.get(found.question, found.question)),
            "consequences": [
                _("It is no longer asked when you recover a lost password."),
                _("The e-mailed link, and the second factor where there is one, are still asked for."),
            ],
            "button": _("Remove the question"),
            "cancel": reverse("account-password"),
        },
    )


def _offered(request: SignedInRequest) -> None:
    if not set_question.offered(actor=request.actor):
        raise NotFound()
