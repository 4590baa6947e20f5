"""Handsets of lines, and the address one is given once."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from linekey.api.shapes import Text
from linekey.domain.phones import VENDORS, Outcome
from linekey.domain.phones_care import Drift


class NewPhone(BaseModel):
    model_config = ConfigDict(extra="forbid")

    vendor: Text = Field(max_length=16, description=f"One of {', '.join(VENDORS)}", examples=["yealink"])
    model: Text = Field(max_length=40, description="As on the label", examples=["T46U"])
    mac: Text = Field(
        "",
        max_length=40,
        description="As on the label; empty for a softphone",
        examples=["00:15:65:aa:bb:cc"],
    )


class FirstAccess(BaseModel):
    reference: str = Field(examples=["0033972101010"])
    address: str = Field(
        description="Type it into the handset: whoever has it has the line. It is told this once",
        examples=["https://desk.example/provision/6Jm…/"],
    )
    expires_at: datetime


class Fetch(BaseModel):
    at: datetime
    source: str = Field(description="Address it came from", examples=["192.0.2.7"])
    agent: str = Field(description="What it called itself", examples=["Yealink SIP-T46U 108.86.0.20"])
    by: str = Field(
        description="`first` for the address given by hand, `steady` for its own; empty when neither",
        examples=["steady"],
    )
    outcome: Outcome = Field(description="`drawn`: with a new password. `settings`: the password stays")


class Phone(BaseModel):
    vendor: str = Field(examples=["yealink"])
    model: str = Field(examples=["T46U"])
    mac: str = Field(description="Empty for a softphone", examples=["00:15:65:aa:bb:cc"])
    given_at: datetime
    asked_at: datetime | None = Field(
        description="Since when it is to fetch a new password; null once it has"
    )
    fetched_at: datetime | None
    first_until: datetime | None = Field(description="Until when its first-access address opens")
    drifts: list[Drift] = Field(description="What is not as it was set up, the gravest first")
    fetches: list[Fetch] = Field(description="The last twenty, newest first")


class LinePhone(BaseModel):
    managed_phone: str = Field(description="Empty when the line has no handset", examples=["Yealink T46U"])
    phone: Phone | None = Field(description="Null too for a handset which is set up elsewhere")
