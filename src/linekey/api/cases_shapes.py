"""The bodies of requests and answers about support cases. No document, link or code ever leaves here."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from linekey.api.shapes import Clear, Text
from linekey.domain.access import Role
from linekey.domain.cases import CaseEffect, CaseKind, CaseState, CaseStepKind, Failure, Proof

_STRICT = ConfigDict(extra="forbid")
_REFERENCE = "DOS-7K3F-92QD"


class _Page(BaseModel):
    """Made of the attributes of a frozen value of `records.pages`."""

    model_config = ConfigDict(from_attributes=True)


class CaseSearch(BaseModel):
    state: CaseState | None = Field(None, description="In this state only")
    open_only: bool = Field(True, description="Without those that are over, when no state is asked for")
    after: str = Field("", max_length=20, pattern=r"^[^\x00]*$", description="The `next` of the page before")


class Case(_Page):
    reference: str = Field(examples=[_REFERENCE])
    kind: CaseKind
    state: CaseState
    name: str = Field(description="As the applicant says", examples=["Ada Lemoine"])
    identifier: str = Field(description="As the applicant typed it", examples=["ab12345-lk"])
    customer_id: str = Field(description="Empty while nobody knows whose account it is")
    opened_at: datetime
    changed_at: datetime
    effective_at: datetime | None = Field(description="End of the waiting period")
    documents: int
    mine: bool = Field(description="You proposed the decision, and cannot be the second agent")


class Cases(BaseModel):
    cases: list[Case]
    next: str | None = Field(description="Send it back as `after` for the next ones; null at the end")


class CaseAccount(_Page):
    customer_id: str
    full_name: str
    role: Role
    organisation: str
    email: str
    backup_email: str
    backup_verified: bool
    phone: str = Field(description="Masked", examples=["+33 •••• 78"])
    phone_verified: bool
    has_extension: bool
    factors: int
    recovery_codes: int
    has_question: bool
    active: bool


class CaseDocument(_Page):
    uid: str
    number: int
    media_type: str = Field(examples=["application/pdf"])
    size: int = Field(description="Bytes")
    sent_at: datetime
    read_by_me: bool


class ProofLine(_Page):
    proof: Proof
    possible: bool
    holds: bool | None = Field(description="Null when it was not checked yet")
    at: datetime | None
    by: str
    note: str


class EffectChoice(_Page):
    effect: CaseEffect
    suffices: bool = Field(description="The proofs checked so far are enough for it, alone")
    possible: bool = Field(description="The account has what it changes")


class CaseStep(_Page):
    kind: CaseStepKind
    by: str = Field(description="Empty for the applicant, the owner and the clock")
    facts: dict[str, str]
    at: datetime


class CaseDetail(Case):
    contact: str = Field(examples=["ada.new@example.org"])
    contact_confirmed: bool = Field(description="Somebody who reads that mailbox answered")
    phone: str = Field(description="Claimed: never called back")
    extension: str
    story: str
    language: str
    wanted: str = Field(description="What was asked for, or why it was refused")
    failure: Failure | None
    account: CaseAccount | None
    sent_documents: list[CaseDocument]
    checklist: list[ProofLine]
    choices: list[EffectChoice]
    proposed: list[CaseEffect]
    proposed_by: str
    new_email: str
    may_work: bool
    may_propose: bool
    may_confirm: bool
    may_refuse: bool
    two_agents: bool
    wait_hours: int
    purge_at: datetime | None
    purged_at: datetime | None
    steps: list[CaseStep]


class Words(BaseModel):
    model_config = _STRICT

    words: Text = Field(max_length=500, examples=["Le verso de la carte manque."])


class NamedAccount(BaseModel):
    model_config = _STRICT

    customer_id: Text = Field(max_length=20, examples=["ab12345-lk"])


class CodeReadOut(BaseModel):
    """Read back on the phone, or read out from the sheet of recovery codes."""

    model_config = _STRICT

    proof: Literal["call_back", "recovery_code"]
    code: Clear = Field(examples=["048213"])


class Decision(BaseModel):
    model_config = _STRICT

    effects: list[CaseEffect] = Field(max_length=4, examples=[["factor_off"]])


class Compared(BaseModel):
    holds: bool = Field(description="The extension given is the one on the account")


class Stands(BaseModel):
    """Where the case stands now."""

    reference: str = Field(examples=[_REFERENCE])
    state: CaseState
