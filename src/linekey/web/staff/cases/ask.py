"""What the pages of a decision share: a recent proof, the question, and what is too late."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.forms import Form
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from linekey.domain.errors import CaseOver, Refusal
from linekey.records import pages
from linekey.records.pages import CasePage
from linekey.web import notices, session
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, require_recent
from linekey.web.staff.cases.case import crumbs


def looked(request: SignedInRequest, reference: str) -> tuple[datetime, CasePage]:
    """Raises NotFound, NotAllowed, StepUpNeeded."""
    now = timezone.now()
    page = pages.case(request.actor, reference, now=now)
    require_recent(request, now)
    return now, page


def late(request: SignedInRequest, reference: str, late: CaseOver) -> HttpResponseBase:
    notices.leave(request, "warning", late.sentence)
    return session.to("case", reference)


def ask(
    request: SignedInRequest,
    reference: str,
    shown: Mapping[str, Any],
    refusal: Refusal | None = None,
    form: Form | None = None,
) -> HttpResponseBase:
    known = {
        "crumbs": crumbs(reference, str(shown["title"])),
        "cancel": reverse("case", args=[reference]),
        "form": form,
    }
    return form_page(request, "linekey/staff/cases/decide.html", {**known, **shown}, refusal)
