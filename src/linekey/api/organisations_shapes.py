"""The bodies of requests and answers about organisations and their policies.

What a request may hold is written out: a field nobody reads is refused, never ignored.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from linekey.api.shapes import Text
from linekey.domain.tree import OrganisationKind
from linekey.records.pages.policy import Source

_STRICT = ConfigDict(extra="forbid", strict=True)


class Organisation(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["42"])
    kind: OrganisationKind
    name: str = Field(examples=["Atelier Lumen"])
    reference: str = Field(description="What the books above call it", examples=["CLI-00042"])
    parent_id: str = Field(description="What it stands under; empty when the key does not see that")


class Site(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["7"])
    name: str = Field(examples=["Roubaix"])


class OrganisationDetail(Organisation):
    sites: list[Site] = Field(description="By name, the first hundred")
    opens: list[OrganisationKind] = Field(description="What its owner may open under it")


class Organisations(BaseModel):
    organisations: list[Organisation]
    next: str | None = Field(description="Send it back as `after` for the next ones; null at the end")


class OrganisationSearch(BaseModel):
    under: str = Field("", max_length=20, description="Whose children; your own organisation's without it")
    text: str = Field(
        "",
        max_length=60,
        description="Looks in everything below: part of a name, or the beginning of a reference",
    )
    after: str = Field("", max_length=20, description="The `next` of the page before")


class FirstAdministrator(BaseModel):
    model_config = _STRICT

    first_name: Text = Field(examples=["Bruno"])
    last_name: Text = Field(examples=["Carpentier"])
    email: Text = Field(description="Receives an activation link", examples=["bruno@example.org"])


class NewOrganisation(BaseModel):
    model_config = _STRICT

    kind: Literal["reseller", "customer"]
    name: Text = Field(examples=["Atelier Lumen"])
    reference: Text = Field("", examples=["CLI-00042"])
    under: Text = Field("", max_length=20, description="Your own organisation without it")
    first_administrator: FirstAdministrator | None = Field(None, description="Wants the scope `members` too")


class EditedOrganisation(BaseModel):
    """What is left out stays."""

    model_config = _STRICT

    name: Text | None = Field(None, examples=["Atelier Lumen & Cie"])
    reference: Text | None = Field(None, examples=["CLI-00042"])


class Opened(BaseModel):
    organisation: OrganisationDetail
    administrator: str = Field(
        description="Customer ID of whoever was invited; empty without, and when the request came before",
        examples=["bc23456-lk"],
    )


class PolicyValue(BaseModel):
    name: str = Field(examples=["lock_after"])
    value: bool | int | str = Field(description="What is in force", examples=[10])
    source: Source = Field(
        description="Who decided: `here`, `above` (an organisation the key sees), `reseller`, `operator`, or "
        "nobody (`default`)"
    )
    decided_by: str = Field(description="Its name, of `here` and `above`", examples=["Chen Télécom"])
    inherited: bool | int | str = Field(description="What would hold if nothing was decided here")
    caution: str = Field(description="What a standard says against the value in force; empty when none does")


class Policy(BaseModel):
    organisation: str = Field(examples=["42"])
    values: list[PolicyValue]


class PolicyChange(BaseModel):
    """JSON Merge Patch (RFC 7396): what is left out stays, null is inherited again."""

    model_config = _STRICT

    sip_rules: Literal["anssi", "nist", "legacy"] | None = None
    portal_rules: Literal["portal", "portal_anssi", "portal_nist", "portal_legacy"] | None = None
    pppoe_delivery: Literal["link", "mail"] | None = None
    rotation: Literal["grace", "immediate"] | None = None
    grace_hours: int | None = Field(None, ge=1, le=720)
    sign_in_code: Literal["unusual", "never"] | None = None
    lock_after: int | None = Field(None, ge=3, le=100)
    security_question: bool | None = None
    member_reset: Literal["link", "mail", "typed"] | None = None
    case_wait_hours: int | None = Field(None, ge=0, le=720)


class PolicyPreset(BaseModel):
    model_config = _STRICT

    preset: Literal["anssi", "nist", "legacy"]
