"""The documents of a case: opened one by one, as a file and never on a page of ours; then judged.

A stranger sent them: nothing of them runs or is drawn in our origin, whatever it turns out to be. Opening is
a form, not a link: it is written down, and nothing that follows links by itself shall write it.
"""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from linekey.usecases import read_document, work_case
from linekey.web.session import SignedInRequest, signed_in
from linekey.web.staff.cases.case import carried, shown
from linekey.web.staff.cases.forms import DocumentsForm

HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@require_POST
@signed_in
def read(request: SignedInRequest, reference: str, uid: str) -> HttpResponseBase:
    found = read_document.read(actor=request.actor, reference=reference, uid=uid, now=timezone.now())
    response = HttpResponse(found.content, content_type=found.media_type, headers=HEADERS)
    response.headers["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    return response


@require_POST
@signed_in
def judge(request: SignedInRequest, reference: str) -> HttpResponseBase:
    form = DocumentsForm(request.POST)
    if not form.is_valid():
        return shown(request, reference, form)
    return carried(
        request,
        reference,
        lambda now: work_case.judge_documents(
            actor=request.actor,
            reference=reference,
            match=form.cleaned_data["match"] == "yes",
            documents=request.POST.getlist("document"),
            note=form.cleaned_data["note"],
            now=now,
        ),
        gettext_noop("Your judgement of the documents is kept."),
    )
