"""Where a new factor leads: to recovery codes while there are none; and where a flow leads that is over."""

from django.http import HttpResponseRedirect
from django.utils.translation import gettext_noop

from linekey.domain.errors import FlowOver
from linekey.usecases.enrol_factor import Enrolled
from linekey.web import notices, session
from linekey.web.session import SignedInRequest


def enrolled(request: SignedInRequest, made: Enrolled) -> HttpResponseRedirect:
    if made.codes_wanted:
        notices.leave(
            request,
            "success",
            gettext_noop("It works: you are asked for it from your next sign-in on."),
            gettext_noop("Now generate recovery codes, for the day it is lost or broken."),
        )
        return session.to("account-codes")
    notices.leave(request, "success", gettext_noop("It works: you may use it from your next sign-in on."))
    return session.to("account-two-step")


def over(request: SignedInRequest, refusal: FlowOver, start: str) -> HttpResponseRedirect:
    """Back to the page `start` where the flow began, with the reason: a dead end helps nobody."""
    notices.leave(request, "warning", refusal.sentence, refusal.next_step)
    return session.to(start)
