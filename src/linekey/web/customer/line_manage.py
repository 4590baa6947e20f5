"""`…/gestion`: the password of a line, its age, what can be done, and the latest change (SIP-2 to SIP-5)."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from linekey.domain.kinds import SIP_LINE, Verb
from linekey.web.components import progress
from linekey.web.components.reasons import why_not
from linekey.web.components.timeline import story
from linekey.web.customer.line import find, frame
from linekey.web.session import SignedInRequest, signed_in


@require_safe
@signed_in
def page(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now = timezone.now()
    found = find(request, reference, now)
    shown = frame(found, "line-manage") | {
        "story": story(found, now),
        "story_address": reverse("line-progress", args=[reference]),
        "story_cut": reverse("line-cut", args=[reference]),
        "change_reason": "" if found.can_change else why_not(found, request.actor, Verb.CHANGE),
        "reset_reason": "" if found.can_reset else why_not(found, request.actor, Verb.RESET),
        "renew_after": SIP_LINE.renew_after_days,
    }
    return render(request, "linekey/customer/line_manage.html", shown)


@require_safe
@signed_in
def follow(request: SignedInRequest, reference: str) -> HttpResponseBase:
    find(request, reference, timezone.now())
    own, cut = (reverse(name, args=[reference]) for name in ("line-progress", "line-cut"))
    return progress.answer(request, reference, own, cut)
