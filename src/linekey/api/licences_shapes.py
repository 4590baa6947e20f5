"""Users of a hosted PBX, and what is set on a service: named as in `domain.licences`, flags as JSON's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, field_validator

from linekey.api.shapes import Text
from linekey.domain.licences import NO, SETTINGS, YES, Shape

Flag = StrictBool | None
Typed = Annotated[Text, Field(max_length=120)] | None


class Values(BaseModel):
    """Null where this kind of service has no such setting."""

    name: Typed = Field(default=None, examples=["Poste atelier"])
    admin: Flag = Field(default=None, description="Administers the hosted PBX", examples=[False])
    company_contact: Typed = Field(default=None, examples=["Bruno Carpentier"])
    emergency_number: Typed = Field(
        default=None, description="E.164: where emergency services call back", examples=["+33184780117"]
    )
    accession: Flag = Field(default=None, description="Has the softphone; contracted, never set here")
    restriction: Typed = Field(
        default=None,
        description="Outgoing calls: none, premium, international, mobile, all",
        examples=["none"],
    )
    outside_plan_refused: Flag = Field(
        default=None, description="Calls outside the unlimited plan are refused"
    )
    number_presented: Typed = Field(
        default=None,
        description="E.164, one of the customer's own; empty: the line's",
        examples=["+33184780100"],
    )
    receptionist: Flag = None
    fax2mail_number: Typed = Field(
        default=None, description="E.164, one of the customer's own; empty: none", examples=["+33184780108"]
    )
    supervisor: Flag = None

    @classmethod
    def of(cls, values: Mapping[str, str]) -> dict[str, Any]:
        """Fields, of values as the desk writes them."""
        return {code: value == YES if _is_flag(code) else value for code, value in values.items()}

    def written(self) -> dict[str, str]:
        """What was sent, as the desk writes it."""
        sent = self.model_dump(include=set(SETTINGS), exclude_unset=True)
        return {code: (YES if value else NO) if _is_flag(code) else value for code, value in sent.items()}


class SentSettings(Values):
    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _not_null(cls, value: object) -> object:
        if value is None:
            raise ValueError("it cannot be null")
        return value


class SettingsChanges(SentSettings):
    was: SentSettings = Field(
        default=SentSettings(),
        description="What you read before: a change of somebody else's in between is then refused",
        examples=[{"name": "Poste atelier"}],
    )


class ServiceSettings(Values):
    reference: str = Field(examples=["FPC172947"])
    licence: str = Field(description="Empty for a service which is no user licence", examples=["simple"])
    pbx: str = Field(description="The hosted PBX it is a licence of", examples=["CTX-00217"])
    accountcode: str = Field(examples=["133615"])
    number: str = Field(description="E.164, the direct number", examples=["+33184780117"])


class PbxUser(BaseModel):
    reference: str = Field(examples=["FPC172947"])
    licence: str = Field(examples=["simple"])
    number: str = Field(description="E.164, the direct number", examples=["+33184780117"])
    name: str = Field(examples=["Poste atelier"])
    admin: bool
    emergency_number: str | None = Field(description="Null for a licence which cannot call")
    state: str = Field(description="active, suspended or closed", examples=["active"])
    online: bool | None = Field(description="As last seen by the registrar; null before the first look")
    seen_at: datetime | None


class PbxUsers(BaseModel):
    users: list[PbxUser]
    next: str | None = Field(description="Send it back as `after` for the next ones; null at the end")


class UserSearch(BaseModel):
    text: str = Field("", max_length=60, description="Part of a reference, a name or a number")
    after: str = Field("", max_length=60, pattern=r"^[^\x00]*$", description="The `next` of the page before")


def _is_flag(code: str) -> bool:
    return SETTINGS[code].shape is Shape.FLAG
