"""What access servers answered to « cut this session », in words (RFC 5176)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

SESSION_GONE = 503
"""Error-Cause « Session Context Not Found », RFC 5176 section 3.5."""


def told(found: Any) -> str:
    """One sentence per access server, in the order they were asked."""
    answers = _readable(found)
    if not answers:
        return _("No session was open.")
    return " ".join(_one(answer) for answer in answers)


def doubtful(found: Any) -> bool:
    """May a session opened with the old password still be alive?"""
    return any(answer.get("answer") != "ack" and not _gone(answer) for answer in _readable(found))


def _readable(found: Any) -> list[Mapping[str, Any]]:
    return [answer for answer in found if isinstance(answer, Mapping)] if isinstance(found, list) else []


def _gone(answer: Mapping[str, Any]) -> bool:
    return answer.get("answer") == "nak" and answer.get("error_cause") == SESSION_GONE


def _one(answer: Mapping[str, Any]) -> str:
    place = {"nas": answer.get("nas", ""), "cause": answer.get("error_cause") or "–"}
    if answer.get("answer") == "ack":
        return _("Cut by the access server %(nas)s (ACK).") % place
    if _gone(answer):
        return _("The session was already over on the access server %(nas)s (NAK 503).") % place
    if answer.get("answer") == "nak":
        return (
            _(
                "The access server %(nas)s refused to cut the session (NAK, cause %(cause)s): it may last "
                "until the box reconnects."
            )
            % place
        )
    return (
        _(
            "The access server %(nas)s did not answer: the session may last until the box reconnects. "
            "Restart the box to be sure."
        )
        % place
    )
