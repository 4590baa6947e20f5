"""`/dossiers/<reference>`: one case: claims beside what we know, the checklist, the documents, the decision.

Shows and never decides. Nothing that opens an account is on it: no password, no code, no link.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.forms import Form
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linekey.domain.cases import CaseEffect, CaseStepKind
from linekey.domain.errors import CaseOver, Malformed, NoSms, Refusal, TooManyAttempts
from linekey.records import pages
from linekey.records.pages import CasePage, EffectChoice, ProofLine
from linekey.web import notices, session
from linekey.web.components.case_words import failure_told, file_type, kind_name, state_badge
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, signed_in
from linekey.web.staff.cases import words
from linekey.web.staff.cases.comparison import comparison_of
from linekey.web.staff.cases.forms import (
    AccountForm,
    AskForm,
    CallForm,
    DocumentsForm,
    NoteForm,
    RecoveryForm,
)

FORMS = (AccountForm, CallForm, RecoveryForm, DocumentsForm, AskForm, NoteForm)


@dataclass(frozen=True)
class Check:
    """One line of the checklist, in words."""

    line: ProofLine
    name: str
    how: str
    tone: str
    verdict: str


@dataclass(frozen=True)
class Choice:
    effect: CaseEffect
    name: str
    reason: str
    """Why it cannot be chosen yet; empty when it can."""


@dataclass(frozen=True)
class Event:
    at: datetime
    by: str
    sentence: str
    words: str


@require_safe
@signed_in
def page(request: SignedInRequest, reference: str) -> HttpResponseBase:
    return shown(request, reference)


def shown(
    request: SignedInRequest,
    reference: str,
    corrected: Form | None = None,
    refusal: Refusal | None = None,
) -> HttpResponseBase:
    """`corrected`: the one form that was sent and has to be corrected."""
    found = pages.case(request.actor, reference, now=timezone.now())
    tone, state = state_badge(found.row.state)
    forms: Mapping[str, Form] = {form.name: form() for form in FORMS}
    if corrected is not None:
        forms = {**forms, getattr(corrected, "name", ""): corrected}
    return form_page(
        request,
        "linekey/staff/cases/case.html",
        {
            "page": found,
            "kind": kind_name(found.row.kind),
            "tone": tone,
            "state": state,
            "waits_for": words.waits_for(found.row),
            "comparison": comparison_of(found),
            "checklist": [_check(line) for line in found.checklist],
            "choices": [_choice(found, choice) for choice in found.choices],
            "proposed": words.effects_told(found.proposed),
            "documents": [(each, file_type(each.media_type)) for each in found.documents],
            "erased": bool(found.purged_at),
            "failure": failure_told(found.failure),
            "events": _events(found),
            "forms": forms,
            "crumbs": crumbs(reference),
        },
        refusal,
    )


def crumbs(reference: str, leaf: str = "") -> list[tuple[str, str]]:
    above = [(_("Support cases"), reverse("cases"))]
    if leaf:
        return [*above, (reference, reverse("case", args=[reference])), (leaf, "")]
    return [*above, (reference, "")]


def carried(
    request: SignedInRequest, reference: str, act: Callable[[datetime], object], said: str
) -> HttpResponseBase:
    """Do it and go back to the page, which then shows `said` (untranslated), or why it was not done."""
    try:
        act(timezone.now())
    except CaseOver as late:
        notices.leave(request, "warning", late.sentence)
    except (Malformed, NoSms, TooManyAttempts) as refusal:
        return shown(request, reference, refusal=refusal)
    else:
        notices.leave(request, "success", said)
    return session.to("case", reference)


def _check(line: ProofLine) -> Check:
    tone, verdict = words.verdict(line.holds, possible=line.possible)
    return Check(line, words.proof_name(line.proof), words.proof_how(line.proof), tone, verdict)


def _choice(page: CasePage, choice: EffectChoice) -> Choice:
    reason = ""
    if not choice.possible:
        reason = _impossible(page, choice.effect)
    elif not choice.suffices:
        reason = _("The proofs checked so far are not enough.")
    return Choice(choice.effect, words.effects_told([choice.effect]), reason)


def _impossible(page: CasePage, effect: CaseEffect) -> str:
    if page.account is None:
        return _("Name the account first.")
    return {
        CaseEffect.REPLACE_EMAIL: _("The applicant's mailbox has not answered yet, or is in use already."),
        CaseEffect.PROMOTE_BACKUP: _("The account has no verified backup e-mail."),
        CaseEffect.FACTOR_OFF: _("Two-step verification is not on."),
        CaseEffect.CLEAR_QUESTION: _("The account has no security question."),
    }[effect]


def _events(page: CasePage) -> list[Event]:
    numbers = {each.uid: each.number for each in page.documents}
    return [
        Event(step.at, step.by or _by(step.kind), words.step_told(step, numbers), _said(step.facts))
        for step in reversed(page.steps)
    ]


def _said(facts: Mapping[str, str]) -> str:
    return facts.get("words", "") or facts.get("note", "")


def _by(kind: CaseStepKind) -> str:
    if kind in (CaseStepKind.DONE, CaseStepKind.FAILED, CaseStepKind.LAPSED, CaseStepKind.PURGED):
        return _("by itself")
    return _("the owner") if kind is CaseStepKind.STOPPED else _("the applicant")
