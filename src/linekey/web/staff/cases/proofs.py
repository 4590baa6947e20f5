"""The forms of a case's checklist: name the account, call back, codes read out, the extension; ask, note.

Each is one gesture, checked by the desk against what we know; the page then shows what it proved.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from linekey.domain.errors import NotFound, WrongCode
from linekey.usecases import work_case
from linekey.web import notices, session
from linekey.web.forms import blame
from linekey.web.session import SignedInRequest, signed_in
from linekey.web.staff.cases.case import carried, shown
from linekey.web.staff.cases.forms import AccountForm, AskForm, CallForm, NoteForm, RecoveryForm


@require_POST
@signed_in
def attach(request: SignedInRequest, reference: str) -> HttpResponseBase:
    form = AccountForm(request.POST)
    if not form.is_valid():
        return shown(request, reference, form)

    try:
        return carried(
            request,
            reference,
            lambda now: work_case.attach(
                actor=request.actor,
                reference=reference,
                customer_id=form.cleaned_data["customer_id"],
                now=now,
            ),
            gettext_noop("The account is named. Check the proofs against it."),
        )
    except NotFound:
        form.add_error("customer_id", _("No account has this customer ID among those you can see."))
        return shown(request, reference, form)


@require_POST
@signed_in
def send_code(request: SignedInRequest, reference: str) -> HttpResponseBase:
    return carried(
        request,
        reference,
        lambda now: work_case.send_code(actor=request.actor, reference=reference, now=now),
        gettext_noop("A code is on its way to the number on the account. The one before no longer works."),
    )


@sensitive_post_parameters()
@require_POST
def check_code(request: HttpRequest, reference: str) -> HttpResponseBase:
    return _check_code(request, reference)


@signed_in
def _check_code(request: SignedInRequest, reference: str) -> HttpResponseBase:
    form = CallForm(request.POST)
    done = gettext_noop("It is the code: whoever you spoke to holds the phone of the account.")
    try:
        return _compared(request, reference, form, work_case.check_code, done)
    except WrongCode as wrong:
        if wrong.values["left"]:
            blame(form, "code", wrong)
        else:
            form.add_error("code", _("This is not the code, and there are no tries left: send a new one."))
        return shown(request, reference, form)


@sensitive_post_parameters()
@require_POST
def check_recovery_code(request: HttpRequest, reference: str) -> HttpResponseBase:
    return _check_recovery_code(request, reference)


@signed_in
def _check_recovery_code(request: SignedInRequest, reference: str) -> HttpResponseBase:
    form = RecoveryForm(request.POST)
    done = gettext_noop("It is one of the account's recovery codes. It is used up now.")
    try:
        return _compared(request, reference, form, work_case.check_recovery_code, done)
    except WrongCode:
        form.add_error("code", _("This is no recovery code of the account, or it was used already."))
        return shown(request, reference, form)


def _compared(
    request: SignedInRequest,
    reference: str,
    form: CallForm | RecoveryForm,
    check: Callable[..., object],
    done: str,
) -> HttpResponseBase:
    """The code that was read out is put to the case. Raises WrongCode."""
    if not form.is_valid():
        return shown(request, reference, form)
    code = form.cleaned_data["code"]
    return carried(
        request,
        reference,
        lambda now: check(actor=request.actor, reference=reference, code=code, now=now),
        done,
    )


@require_POST
@signed_in
def compare_extension(request: SignedInRequest, reference: str) -> HttpResponseBase:
    return carried(
        request,
        reference,
        lambda now: work_case.compare_extension(actor=request.actor, reference=reference, now=now),
        gettext_noop("The extension is compared: see the checklist."),
    )


@require_POST
@signed_in
def ask(request: SignedInRequest, reference: str) -> HttpResponseBase:
    form = AskForm(request.POST)
    if not form.is_valid():
        return shown(request, reference, form)
    return carried(
        request,
        reference,
        lambda now: work_case.ask(
            actor=request.actor, reference=reference, words=form.cleaned_data["words"], now=now
        ),
        gettext_noop("The applicant is asked by e-mail, and has thirty days to answer."),
    )


@require_POST
@signed_in
def note(request: SignedInRequest, reference: str) -> HttpResponseBase:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return shown(request, reference, form)
    work_case.note(
        actor=request.actor, reference=reference, words=form.cleaned_data["words"], now=timezone.now()
    )
    notices.leave(request, "success", gettext_noop("The note is kept."))
    return session.to("case", reference)
