"""The bodies of requests and answers about campaigns. A password leaves here in a locked file alone."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from linekey.api import shapes
from linekey.api.shapes import Clear, Text
from linekey.domain.campaigns import FASTEST, CampaignMode, CampaignState, HandOver, LineState

REFERENCE = "ROT-7K3F-92QD"
FILE = "0f8b6c0c5e0b4f0e9a9d1c9b8a7f6e5d"
_STRICT = ConfigDict(extra="forbid")
Seconds = Annotated[
    timedelta, PlainSerializer(lambda time: int(time.total_seconds())), WithJsonSchema({"type": "integer"})
]


class _Page(BaseModel):
    """Made of the attributes of a frozen value of `records.pages`."""

    model_config = ConfigDict(from_attributes=True)


class Orders(BaseModel):
    mode: CampaignMode = Field(CampaignMode.GRACE, description="What becomes of the old passwords")
    hand_over: HandOver = Field(HandOver.LINK, description="How the new passwords reach their users")
    rate: int = Field(50, ge=1, le=FASTEST, description="Services per second, at most")
    wave: int = Field(0, ge=0, le=1_000_000, description="Services per wave; 0 for a single one")
    pause: int = Field(0, ge=0, le=1440, description="Minutes between waves")
    stop_percent: int = Field(5, ge=0, le=100, description="Stops when so many are refused; 0: never")
    stop_count: int = Field(0, ge=0, le=1_000_000, description="The same as a number; 0: never")


class Asked(shapes.Filters, Orders):
    """In an address: the filters of services beside the orders."""


class NewCampaign(Orders):
    model_config = _STRICT
    name: Text = Field(min_length=1, max_length=80, examples=["Fuite de mars"])
    filters: shapes.Filters = Field(examples=[{"kind": "sip_line"}])


class CampaignSearch(BaseModel):
    after: str = Field("", max_length=20, pattern=r"^[^\x00]*$", description="The `next` of the page before")


class ServicesSearch(BaseModel):
    state: LineState | None = Field(None, description="In this state only")
    after: int = Field(0, ge=0, lt=2**63, description="The `next` of the page before")


class Example(_Page):
    reference: str = Field(examples=["0033972101010"])
    reason: str | None = Field(description="Why it is left as it is")


class Preview(BaseModel):
    found: int
    rotated: int = Field(description="How many of them would get a new password")
    whole: bool = Field(description="False: there are more, which were not looked at")
    by_kind: dict[str, int] = Field(examples=[{"sip_line": 9800}])
    left: dict[str, int] = Field(
        description="Those left as they are, by reason", examples=[{"not_active": 12}]
    )
    sample: list[Example]


class Campaign(_Page):
    reference: str = Field(examples=[REFERENCE])
    name: str = Field(examples=["Fuite de mars"])
    state: CampaignState
    mode: CampaignMode
    hand_over: HandOver
    made_by: str
    created_at: datetime
    ended_at: datetime | None
    total: int
    waiting: int = Field(description="Not begun")
    recorded: int = Field(description="Have a new password, which the network has not taken yet")
    done: int = Field(description="The network took it")
    failed: int = Field(description="Refused")
    skipped: int = Field(description="Left as they were")
    percent: int


class CampaignFile(_Page):
    uid: str = Field(examples=[FILE])
    lines: int
    made_at: datetime
    until: datetime = Field(description="It is deleted then")


class CampaignDetail(Campaign):
    why: str = Field(description="What it stopped for: failures, maker; else empty")
    filters: dict[str, str]
    rate: int
    wave: int
    pause: Seconds = Field(description="Seconds")
    stop_percent: int
    stop_count: int
    speed: float = Field(description="Services per second, lately")
    left: Seconds | None = Field(description="Seconds, about; null when that is not known, or over")
    waiting_until: datetime | None = Field(description="To be taken before; null when none waits for you")
    files: list[CampaignFile]


class Campaigns(BaseModel):
    campaigns: list[Campaign]
    next: str | None = Field(description="Send it back as `after` for the next ones; null at the end")


class CampaignService(_Page):
    id: int
    reference: str
    name: str
    organisation: str
    state: LineState
    reason: str = Field(description="Why it was left or refused", examples=["managed_phone"])


class CampaignServices(BaseModel):
    services: list[CampaignService]
    next: int | None = Field(description="Send it back as `after` for the next ones; null at the end")


class Taking(BaseModel):
    """One of the two."""

    model_config = _STRICT
    passphrase: Clear | None = Field(None, examples=["huit chevaux mangent du foin"])
    public_key: Text = Field("", max_length=1000, description="Of age or SSH; stands for the passphrase")


class Taken(BaseModel):
    file: str = Field(examples=[FILE])
