"""Pages for what went wrong outside any use-case: what happened, and what to do next. Never a blank page."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from linekey.domain import tracing


def page(
    request: HttpRequest, status: int, title: str, text: str, *, code: str = "", detail: str = ""
) -> HttpResponse:
    """One designed page for every refusal and error; `code` is the stable name support can search for."""
    facts = {"status": status, "title": title, "text": text, "code": code, "detail": detail}
    facts["number"] = tracing.current()
    inside = getattr(request, "actor", None) is not None
    frame = "linekey/base.html" if inside else "linekey/entry.html"
    return render(
        request, "linekey/errors/error.html", facts | {"frame": frame, "inside": inside}, status=status
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return page(
            request,
            413,
            _("What you sent is too large. Nothing of it was kept."),
            _("Go back and send less. Where documents are asked for: at most five, of 10 MB each."),
        )
    return page(
        request,
        400,
        _("This request cannot be read."),
        _("It is too large, or damaged on the way. Go back, reload the page and try again."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 403, _("This page is not for you."), _("Go back to the home page."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(
        request,
        404,
        _("There is no such page."),
        _("The address may be mistyped, or the page has moved. Start again from the home page."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(
        request,
        403,
        _("This form has expired. Nothing was changed."),
        _("Go back, reload the page and send the form again. Cookies must be allowed for this site."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return _bare(
        500,
        _("Something broke on our side."),
        _("A change you already confirmed is not lost. Try again in a moment, or call support."),
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    """Our own database is away."""
    return _bare(
        503,
        _("We cannot reach our records at the moment."),
        _(
            "This lasts a few seconds, rarely a minute. Reload the page then: a change you already confirmed "
            "is not lost, and a form you send again changes nothing twice."
        ),
    )


def _bare(status: int, title: str, text: str) -> HttpResponse:
    """Depends on nothing that may be what is broken: no session, no database."""
    facts = {"status": status, "title": title, "text": text, "number": tracing.current()}
    return render(None, "linekey/errors/server_error.html", facts, status=status)
