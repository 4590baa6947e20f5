"""The bodies of requests and answers about webhooks. A field nobody reads is refused, never ignored."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from linekey.api.shapes import Text
from linekey.domain.webhooks import DeliveryState

_STRICT = ConfigDict(extra="forbid", strict=True)


class NewWebhook(BaseModel):
    model_config = _STRICT

    name: Text = Field(examples=["ERP"])
    url: Text = Field(description="https", examples=["https://desk.example/linekey"])
    types: list[Text] = Field(
        default=[], description="Names of events; all without it", examples=[["credential.changed"]]
    )


class Webhook(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    reference: str = Field(examples=["wh-1f6b0c9a2d3e4f50"])
    name: str = Field(examples=["ERP"])
    url: str = Field(examples=["https://desk.example/linekey"])
    types: list[str] = Field(description="All when empty", examples=[["credential.changed"]])
    organisation: str = Field(description="Whose branch it is told of", examples=["Atelier Lumen"])
    enabled: bool
    disabled_why: str = Field(description="`person`, `failing`, `gone`; empty while it is enabled")
    failing_since: datetime | None = Field(description="Since when it has taken nothing")
    made_at: datetime


class Webhooks(BaseModel):
    webhooks: list[Webhook]


class WebhookSecret(BaseModel):
    reference: str = Field(examples=["wh-1f6b0c9a2d3e4f50"])
    secret: str = Field(
        description="Shown this once; it signs every event (Standard Webhooks)", examples=["whsec_…"]
    )


class Removed(BaseModel):
    reference: str = Field(examples=["wh-1f6b0c9a2d3e4f50"])


class Delivery(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    reference: str = Field(examples=["0f6b0c9a2d3e4f501f6b0c9a2d3e4f50"])
    event: str = Field(description="The `webhook-id`", examples=["evt_5f1c7c1e7f0b4c439f0e6f5b0c1c2d3e"])
    type: str = Field(examples=["credential.changed"])
    state: DeliveryState
    attempts: int
    made_at: datetime
    next_at: datetime | None = Field(description="When it is tried again")
    last_at: datetime | None
    last_status: int | None = Field(examples=[200])
    last_answer: str = Field(description="How the answer began")
    last_trouble: str = Field(description="Why there was none")


class DeliveryDetail(Delivery):
    body: dict[str, Any] = Field(description="What is sent")


class Deliveries(BaseModel):
    deliveries: list[Delivery]
    next: str | None = Field(description="Send it back as `after` for the next ones; null at the end")


class DeliverySearch(BaseModel):
    after: str = Field("", max_length=40, description="The `next` of the page before")


class Sent(BaseModel):
    delivery: str = Field(description="Its reference", examples=["0f6b0c9a2d3e4f501f6b0c9a2d3e4f50"])
