"""What is asked of the audit trail, and what it answers."""

from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from linekey.api.shapes import Text

_ONE_LINE = r"^[^\x00-\x1f]*$"


class Narrowed(BaseModel):
    """The filters; what is left out narrows nothing."""

    group: Literal[
        "",
        "sign_in",
        "account",
        "factor",
        "credential",
        "service",
        "member",
        "case",
        "program",
        "organisation",
        "audit",
    ] = Field("", description="What sort of act")
    person: Text = Field(
        "", max_length=60, pattern=_ONE_LINE, description="Customer ID of who acted or was acted upon"
    )
    service: Text = Field("", max_length=60, pattern=_ONE_LINE, description="Reference of a service")
    door: Literal["", "portal", "api", "link", "server", "system"] = Field("", description="By which way")
    since: AwareDatetime | None = Field(None, description="From this moment on")
    until: AwareDatetime | None = Field(None, description="Before this moment")
    text: Text = Field(
        "", max_length=60, pattern=_ONE_LINE, description="How a reference begins, or a customer ID"
    )


class Journal(Narrowed):
    before: int | None = Field(None, ge=1, lt=2**63, description="The `next` of the page before")


class Export(Narrowed):
    after: int | None = Field(None, ge=0, lt=2**63, description="The `next` of the part before")


class Entry(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    action: str = Field(examples=["credential.reset"])
    door: str = Field(examples=["portal"])
    by: str = Field(description="Who acted; their organisation when they are none of yours")
    by_id: str = Field(description="Their customer ID, when they are yours to know", examples=["bc23456-lk"])
    service: str = Field(description="Reference", examples=["0033972101010"])
    person: str = Field(description="Customer ID of whom it is about", examples=["ab12345-lk"])
    organisation: str = Field(description="Whose chain it is in", examples=["Atelier Lumen"])
    facts: dict[str, Any] = Field(description="Plain words about the act; never a secret")
    number: int | None = Field(description="In its chain; null for the moment it waits")
    digest: str = Field(description="SHA-256, hex; empty for the moment it waits")
    verified_at: datetime | None


class Entries(BaseModel):
    entries: list[Entry]
    next: int | None = Field(description="Send it back as `before` for older ones; null at the end")


class Exported(BaseModel):
    lines: list[dict[str, Any]] = Field(
        description="Entries, the checkpoints over them, and the public keys: see docs/reference/audit.md"
    )
    next: int | None = Field(description="Send it back as `after` for the next part; null at the end")


class FoundFault(BaseModel):
    organisation: str = Field(examples=["Atelier Lumen"])
    code: str = Field(examples=["missing"])
    first: int = Field(description="The numbers it is about, both included")
    last: int
    sentence: str = Field(examples=["Entries 5 to 7 are missing."])
    note: bool = Field(description="Worth a look, and no sign of tampering")


class Verification(BaseModel):
    since: datetime = Field(description="Send it back as `since` to go on")
    ended: bool
    chains: int
    chains_done: int
    entries: int
    entries_done: int
    faults: int = Field(description="Traces of tampering, so far")
    findings: list[FoundFault] = Field(description="The first twenty")
