"""The bodies about members. What the caller is not to learn is masked or left out before it comes here."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from linekey.api.shapes import Text
from linekey.domain.access import Role
from linekey.domain.members import DisabledFor
from linekey.domain.policy import MemberReset
from linekey.records.pages import Standing

ID = Field(examples=["ab12345-lk"])


def _none_if_empty(typed: object) -> object:
    return None if typed == "" else typed


class _Page(BaseModel):
    """Made of the attributes of a frozen value of `records.pages`."""

    model_config = ConfigDict(from_attributes=True)


class Member(_Page):
    customer_id: str = ID
    name: str = Field(examples=["Ada Lemoine"])
    email: str = Field(
        description="Masked where the caller is not to learn it", examples=["ada.lemoine@example.org"]
    )
    role: Role
    organisation: str = Field(examples=["Atelier Lumen"])
    organisation_id: int = Field(examples=[42])
    locked_until: datetime | None = Field(description="Too many wrong attempts; null when it is not locked")
    activated: bool
    second_factor: bool
    disabled_for: DisabledFor | None = Field(description="Why the account is disabled; null when it is not")
    must_change_password: bool


class MemberSearch(BaseModel):
    standing: Annotated[Standing | None, BeforeValidator(_none_if_empty)] = None
    role: Annotated[Role | None, BeforeValidator(_none_if_empty)] = None
    text: str = Field(
        "",
        max_length=60,
        pattern=r"^[^\x00]*$",
        description="Words of a name, the start of a customer ID, or a whole e-mail address",
    )
    organisation: int | None = Field(None, ge=1, le=2**63 - 1, description="Number of one organisation")
    after: str = Field("", max_length=20, pattern=r"^[!-~]*$", description="The `next` of the page before")


class Members(BaseModel):
    members: list[Member]
    next: str | None = Field(description="Send it back as `after` for the next ones; null at the end")


class MemberDetail(Member):
    phone: str = Field(description="E.164", examples=["+33612345678"])
    extension: str
    language: str = Field(examples=["fr"])
    created_at: datetime
    activated_at: datetime | None
    last_sign_in: datetime | None
    factor_count: int
    codes_left: int = Field(description="Recovery codes that still work")
    key_count: int = Field(description="Access keys not revoked")
    session_count: int
    actions: list[str] = Field(
        description="What this key may do to them",
        examples=[["unlock", "reset_member", "disable", "give_role", "clear_factors"]],
    )
    resets: list[MemberReset] = Field(description="How `reset` may be asked to")
    roles: list[Role] = Field(description="Those which `role` may be set to")


class NewMember(BaseModel):
    model_config = ConfigDict(extra="forbid")

    first_name: Text = Field(max_length=80, examples=["Nour"])
    last_name: Text = Field(max_length=80, examples=["Dupré"])
    email: Text = Field(max_length=254, examples=["nour.dupre@example.org"])
    role: Role
    phone: Text = Field("", max_length=40, examples=["+33972101010"])
    extension: Text = Field("", max_length=10, examples=["118"])
    organisation: Text = Field(
        "", max_length=20, description="Number of one below your own; empty for your own", examples=["42"]
    )


class Invited(BaseModel):
    """The same answer whether or not somebody has the address: then they are told, and no account is made."""

    customer_id: str = ID


class NewRole(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Role


class Reason(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: DisabledFor


class Reset(BaseModel):
    model_config = ConfigDict(extra="forbid")

    way: Literal["link", "mail"] = Field(
        "link", description="A link by mail, or where the policy has it a temporary password by mail"
    )


class Promised(BaseModel):
    customer_id: str = ID
    way: Literal["link", "mail"]
