"""Where somebody goes whose session ended under their hands, and why it did."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_noop

from linekey.web import notices


def guessed_too_often(request: HttpRequest, onward: str = "") -> HttpResponseRedirect:
    """Whoever sits at a session that is not theirs cannot go on guessing in it.

    `onward`: a path of this portal, where they go on once they have signed in.
    """
    notices.leave(
        request,
        "warning",
        gettext_noop("You are signed out: too many wrong passwords were typed."),
        gettext_noop("Sign in again. If you lost your password, choose “Lost your password?”."),
    )
    way_back = f"?{urlencode({'next': onward})}" if onward else ""
    return HttpResponseRedirect(reverse("sign-in") + way_back, status=303)
