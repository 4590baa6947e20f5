"""Support cases: what is sent in, and what agents decide."""

from linekey.domain.errors.refusal import N_, Nature, Refusal


class FileRefused(Refusal):
    """`why` says what is wrong with the file; nothing of it was kept."""

    code = "file_refused"
    nature = Nature.UNFIT
    sentence = N_("This file cannot be taken: %(why)s.")
    next_step = N_("Send a PDF, JPEG or PNG of at most 10 MB: a scan or a photo of the document.")


class CaseOver(Refusal):
    code = "case_over"
    nature = Nature.CONFLICT
    sentence = N_("This case no longer waits for this: it was decided, stopped or withdrawn meanwhile.")
    next_step = N_("Reload the page to see where it stands.")


class AnotherAgentNeeded(Refusal):
    """Two pairs of eyes: whoever proposed does not decide alone."""

    code = "another_agent_needed"
    nature = Nature.CONFLICT
    sentence = N_("A decision of this weight needs two agents, and you are already one of them.")
    next_step = N_("Ask a colleague to look at the case and to decide.")


class ProofsMissing(Refusal):
    code = "proofs_missing"
    nature = Nature.CONFLICT
    sentence = N_("The proofs that were checked are not enough for this decision.")
    next_step = N_("Check more of the list, or refuse the case and say what is missing.")
