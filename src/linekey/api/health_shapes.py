"""The answers about what needs attention, and about refused logins."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from linekey.domain.attention import Attention
from linekey.domain.kinds import Verb

_READ = ConfigDict(from_attributes=True)


class AttentionCount(BaseModel):
    model_config = _READ

    what: Attention
    count: int = Field(examples=[3])
    more: bool = Field(description="There are more than were counted, which is a thousand")


class AttentionItem(BaseModel):
    model_config = _READ

    what: Attention
    since: datetime
    reference: str = Field(description="The service; empty when it is about none", examples=["0033972101010"])
    kind: str = Field(description="Of the service", examples=["sip_line"])
    name: str = Field(description="Of the service or the person", examples=["Accueil"])
    number: str = Field(examples=["+33972101010"])
    organisation: str = Field(examples=["Atelier Lumen"])
    customer_id: str = Field(description="The person; empty when it is about none", examples=["bc23456-lk"])
    count: int = Field(description="Refused logins of an attack", examples=[212])
    sources: int = Field(description="How many sources they came from", examples=[7])
    until: datetime | None = Field(description="When the old password is refused, while it still works")
    managed_phone: str = Field(
        description="Handset which has the password, if any", examples=["Yealink T46U"]
    )
    actions: list[Verb] = Field(description="What the key's owner may do about the password")


class RefusedDay(BaseModel):
    model_config = _READ

    day: date
    count: int


class Health(BaseModel):
    counts: list[AttentionCount] = Field(
        description="The worst kind first; kinds of which there is none left out"
    )
    worst: list[AttentionItem] = Field(description="At most eight")
    refused: list[RefusedDay] = Field(description="Refused logins of the last thirty days (UTC), today last")


class AttentionSearch(BaseModel):
    kind: Attention = Field(Attention.ATTACKED, description="The kind wanted")
    after: int | None = Field(None, ge=1, lt=2**63, description="The `next` of the page before")


class AttentionList(BaseModel):
    items: list[AttentionItem]
    next: int | None = Field(description="Send it back as `after` for the next ones; null at the end")


class RefusedSource(BaseModel):
    model_config = _READ

    source: str = Field(description="As the element told it: it may be anything", examples=["203.0.113.9"])
    agent: str = Field(description="What it says it is, in its own words", examples=["friendly-scanner"])
    count: int
    last_at: datetime
    familiar: bool = Field(description="The address where the service's own device was last seen")


class FailedLogins(BaseModel):
    reference: str = Field(examples=["0033972101010"])
    attacked: bool = Field(description="They are an attack, going on")
    refused: list[RefusedDay] = Field(description="Of the last thirty days (UTC), today last")
    sources: list[RefusedSource] = Field(description="The ten which tried most")
    source_count: int
