"""A case's proofs, its journal and whom it waits for, in the words of agents."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from linekey.domain.cases import CaseEffect, CaseState, CaseStepKind, Failure, Proof
from linekey.records.pages import CaseRow, StepRow
from linekey.web.components.case_words import effect_name, failure_told
from linekey.web.templatetags.desk import moment

PROOFS = {
    Proof.CALL_BACK: gettext_noop("Call back"),
    Proof.RECOVERY_CODE: gettext_noop("Recovery code read out"),
    Proof.DOCUMENTS: gettext_noop("Documents match the account"),
    Proof.EXTENSION: gettext_noop("Extension"),
}
HOW = {
    Proof.CALL_BACK: gettext_noop(
        "Call the number on the account, never the one in the form. Send a code to it, and type what the "
        "person reads to you."
    ),
    Proof.RECOVERY_CODE: gettext_noop("The person reads one of their recovery codes to you. It is used up."),
    Proof.DOCUMENTS: gettext_noop("Under “Documents”: open each, then say whether they are the owner's."),
    Proof.EXTENSION: gettext_noop("Colleagues know it too: it never suffices alone."),
}
STEPS = {
    CaseStepKind.OPENED: gettext_noop("Sent in."),
    CaseStepKind.CONFIRMED: gettext_noop("The applicant's mailbox answered."),
    CaseStepKind.DOCUMENTS_ADDED: gettext_noop("More documents came."),
    CaseStepKind.ATTACHED: gettext_noop("The account %(customer_id)s was named. Proofs begin anew."),
    CaseStepKind.CODE_SENT: gettext_noop("A code was sent to the number on the account."),
    CaseStepKind.PROOF: gettext_noop("%(proof)s: %(holds)s."),
    CaseStepKind.READ: gettext_noop("%(document)s was opened."),
    CaseStepKind.ASKED: gettext_noop("The applicant was asked for more."),
    CaseStepKind.ANSWERED: gettext_noop("The applicant answered."),
    CaseStepKind.NOTED: gettext_noop("Note among agents."),
    CaseStepKind.PROPOSED: gettext_noop("Proposed: %(effects)s."),
    CaseStepKind.SENT_BACK: gettext_noop("Sent back to be checked again."),
    CaseStepKind.DECIDED: gettext_noop("Decided: %(effects)s."),
    CaseStepKind.REFUSED: gettext_noop("Turned down."),
    CaseStepKind.STOPPED: gettext_noop("Stopped by whoever reads %(sent_to)s."),
    CaseStepKind.WITHDRAWN: gettext_noop("Withdrawn by the applicant."),
    CaseStepKind.LAPSED: gettext_noop("Closed: nothing came for thirty days."),
    CaseStepKind.DONE: gettext_noop("Carried out."),
    CaseStepKind.FAILED: gettext_noop("Not carried out. %(why)s"),
    CaseStepKind.PURGED: gettext_noop("The documents were erased."),
}


def proof_name(proof: Proof) -> str:
    return _(PROOFS[proof])


def proof_how(proof: Proof) -> str:
    return _(HOW[proof])


def verdict(holds: bool | None, *, possible: bool) -> tuple[str, str]:
    """Tone and word of a line of the checklist."""
    if holds is None:
        return ("neutral", _("Not checked")) if possible else ("neutral", _("Not possible"))
    return ("success", _("Holds")) if holds else ("danger", _("Does not hold"))


def waits_for(row: CaseRow) -> str:
    """Whom a case waits for; empty when it is over."""
    if row.state in (CaseState.OPEN, CaseState.REVIEW):
        return _("An agent")
    if row.state is CaseState.ASKING:
        return _("The applicant")
    if row.state is CaseState.PROPOSED:
        return _("A colleague of yours") if row.mine else _("A second agent")
    if row.state is CaseState.WAITING:
        return _("An objection; it takes effect %(at)s") % {"at": moment(row.effective_at)}
    return ""


def effects_told(effects: Sequence[CaseEffect]) -> str:
    return " · ".join(effect_name(effect) for effect in effects)


def step_told(step: StepRow, documents: Mapping[str, int]) -> str:
    """`documents`: the number of each on the page, by its uid."""
    facts = step.facts
    number = documents.get(facts.get("document", ""))
    return _(STEPS[step.kind]) % {
        "customer_id": facts.get("customer_id", ""),
        "proof": proof_name(Proof(facts["proof"])) if facts.get("proof") else "",
        "holds": _("holds") if facts.get("holds") == "yes" else _("does not hold"),
        "document": _("Document %(number)s") % {"number": number} if number else _("A document"),
        "effects": effects_told([CaseEffect(each) for each in facts.get("effects", "").split()]),
        "sent_to": facts.get("sent_to", ""),
        "why": failure_told(Failure(facts["why"])) if facts.get("why") else "",
    }


def documents_told(count: int) -> str:
    return ngettext("%(count)d document", "%(count)d documents", count) % {"count": count}
