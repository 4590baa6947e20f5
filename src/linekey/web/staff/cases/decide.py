"""Decide a case: propose, agree as the second agent. GET says what follows, POST acts.

A recent proof of identity is asked for before the page is shown. The desk decides whether the proofs suffice.
"""

from collections.abc import Sequence

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from linekey.domain.cases import CaseEffect, CaseState, needs_two
from linekey.domain.errors import AnotherAgentNeeded, CaseOver, Malformed, ProofsMissing, Refusal
from linekey.records.pages import CasePage
from linekey.usecases import decide_case
from linekey.web import notices, session
from linekey.web.components.case_words import following, hours_told
from linekey.web.session import SignedInRequest, signed_in
from linekey.web.staff.cases.ask import ask, late, looked
from linekey.web.staff.cases.words import effects_told

_PROPOSED = gettext_noop("Proposed. A colleague looks at the case and agrees, or sends it back.")
_DECIDED = gettext_noop("Decided. Every contact is told, and can stop it until the period is over.")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def propose(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now, page = looked(request, reference)
    asked = request.POST if request.method == "POST" else request.GET
    effects = [effect for effect in CaseEffect if effect.value in asked.getlist("effet")]
    if not effects:
        notices.leave(request, "warning", gettext_noop("Choose first what should be done."))
        return session.to("case", reference)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            state = decide_case.propose(actor=request.actor, reference=reference, effects=effects, now=now)
        except CaseOver as over:
            return late(request, reference, over)
        except (ProofsMissing, Malformed) as missing:
            refusal = missing
        else:
            return _done(request, reference, state)
    two = page.account is not None and needs_two(effects, page.account.role)
    shown = {
        "title": _("Propose a decision") if two else _("Decide"),
        "consequences": _consequences(page, effects, two=two),
        "object": f"{reference} – {effects_told(effects)}",
        "kept": [("effet", effect.value) for effect in effects],
        "button": _("Propose it") if two else _("Decide it"),
        "tone": "primary",
    }
    return ask(request, reference, shown, refusal)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def confirm(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now, page = looked(request, reference)
    refusal: Refusal | None = None
    try:
        if page.row.state is not CaseState.PROPOSED:
            raise CaseOver()
        if request.method == "POST":
            return _done(
                request,
                reference,
                decide_case.confirm(actor=request.actor, reference=reference, now=now),
            )
    except CaseOver as over:
        return late(request, reference, over)
    except (AnotherAgentNeeded, ProofsMissing) as no:
        refusal = no
    shown = {
        "title": _("Agree as the second agent"),
        "consequences": [
            _("Proposed by %(agent)s. You agree after looking at the same proofs.")
            % {"agent": page.proposed_by},
            *_consequences(page, page.proposed, two=False),
        ],
        "object": f"{reference} – {effects_told(page.proposed)}",
        "button": _("I agree"),
        "tone": "primary",
    }
    return ask(request, reference, shown, refusal)


def _consequences(page: CasePage, effects: Sequence[CaseEffect], *, two: bool) -> list[str]:
    found = following(effects)
    email = page.contact if CaseEffect.REPLACE_EMAIL in effects else ""
    if CaseEffect.PROMOTE_BACKUP in effects and page.account is not None:
        email = page.account.backup_email
    if email:
        found.insert(0, _("The main e-mail becomes %(address)s.") % {"address": email})
    if two:
        found.insert(0, _("Nothing happens before a second agent has looked at the case and agreed."))
    found.append(
        _(
            "Every address of the account and the applicant are told. For %(hours)s each of them can stop "
            "it; then it takes effect by itself."
        )
        % {"hours": hours_told(page.wait_hours)}
        if page.wait_hours
        else _("It takes effect within minutes: the policy of this organisation has no period to object.")
    )
    found.append(_("Then every session ends, and the owner is mailed a link to choose a new password."))
    return found


def _done(request: SignedInRequest, reference: str, state: CaseState) -> HttpResponseBase:
    notices.leave(request, "success", _PROPOSED if state is CaseState.PROPOSED else _DECIDED)
    return session.to("case", reference)
