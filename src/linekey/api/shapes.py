"""The bodies of requests and answers, with the examples of the description.

A secret that is sent becomes a `Secret` before anything else looks at it.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetPydanticSchema, WithJsonSchema
from pydantic_core import core_schema

from linekey.domain.access import Role, Scope
from linekey.domain.effects import StepState
from linekey.domain.kinds import Delivery, Mode, Verb
from linekey.domain.secret import Secret
from linekey.records.pages import WhyNot
from linekey.records.search_words import KINDS_FOUND


def _whole(text: str) -> str:
    """JSON may carry half a character (RFC 8259 section 8.2), which no byte can be made of."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("it holds half a character") from None
    return text


Text = Annotated[str, AfterValidator(_whole)]
Clear = Annotated[
    Secret,
    GetPydanticSchema(
        lambda _type, _handler: core_schema.no_info_after_validator_function(
            lambda text: Secret(_whole(text)), core_schema.str_schema(strict=True)
        )
    ),
    Field(json_schema_extra={"format": "password", "writeOnly": True}),
]


NO_KIND = f"it must be {' or '.join(KINDS_FOUND)}"


def _known_kind(typed: str) -> str:
    if typed and typed not in KINDS_FOUND:
        raise ValueError(NO_KIND)
    return typed


Wanted = Annotated[Text, Field(max_length=60)]


class KeyExchange(BaseModel):
    key_id: Text = Field(alias="accessKeyId", examples=["LKAK7Q2M7XVB4TRD2A5C"])
    secret: Clear = Field(alias="accessKeySecret", examples=["lksk_…"])


class TokenRefresh(BaseModel):
    grant_type: Literal["refresh_token"]
    refresh_token: Clear = Field(examples=["lkrt_…"])


class Tokens(BaseModel):
    access_token: str = Field(examples=["lkat_…"])
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (the name of a scheme)
    expires_in: int = Field(description="Seconds", examples=[3600])
    refresh_token: str = Field(description="Good once, for 12 hours", examples=["lkrt_…"])
    resource_server_base_uri: str = Field(examples=["https://desk.example/api/v1/"])


class Me(BaseModel):
    customer_id: str = Field(examples=["ab12345-lk"])
    name: str = Field(examples=["Ada Lemoine"])
    email: str = Field(examples=["ada.lemoine@example.org"])
    organisation: str = Field(examples=["Atelier Lumen"])
    role: Role
    language: str = Field(examples=["fr"])
    scopes: list[Scope] = Field(description="What this access key includes")


class _Page(BaseModel):
    """Made of the attributes of a frozen value of `records.pages`."""

    model_config = ConfigDict(from_attributes=True)


class Service(_Page):
    reference: str = Field(examples=["0033972101010"])
    kind: str = Field(examples=["sip_line"])
    name: str = Field(examples=["Accueil"])
    state: Literal["active", "suspended", "closed"]
    organisation: str = Field(examples=["Atelier Lumen"])
    site: str = Field(examples=["Roubaix"])
    owner: str = Field(description="Empty when it belongs to nobody in person", examples=["Ada Lemoine"])
    billing_account: str = Field(examples=["ab12345-lk-1"])
    number: str = Field(description="E.164, of a line", examples=["+33972101010"])
    licence: str
    technology: str = Field(description="Of an access", examples=["ftth"])
    client_reference: str = Field(description="Of the organisation", examples=["CLI-00042"])
    end_client: str = Field(description="Whom the client serves with it", examples=["Galerie Solstice"])
    product: str = Field(examples=["CTX-PRO-10"])
    accountcode: str = Field(examples=["133615"])
    address: str = Field(description="Of an access, or where a line was last seen", examples=["192.0.2.7"])


class Filters(BaseModel):
    """Any mix. References match by their beginning, names anywhere; accents and case do not matter."""

    reference: Wanted = Field("", examples=["FPC172932"])
    client: Wanted = Field("", description="Part of the organisation's name", examples=["Lumen"])
    client_reference: Wanted = Field("", examples=["CLI-00042"])
    end_client: Wanted = Field("", description="Part of the name")
    kind: Annotated[
        str, AfterValidator(_known_kind), WithJsonSchema({"type": "string", "enum": ["", *KINDS_FOUND]})
    ] = ""
    product: Wanted = Field("", examples=["CTX-PRO-10"])
    accountcode: Wanted = Field("", examples=["133615"])
    address: Wanted = Field("", description="An IP address, or its beginning up to a dot or colon")
    state: Literal["", "active", "suspended", "closed"] = ""
    text: Wanted = Field(
        "", description="Part of a reference, name, number, login, or of the name of an owner or organisation"
    )


class Search(Filters):
    after: str = Field("", max_length=60, pattern=r"^[^\x00]*$", description="The `next` of the page before")


class Services(BaseModel):
    services: list[Service]
    next: str | None = Field(description="Send it back as `after` for the next ones; null at the end")


_GRACE = "`grace`: both passwords are accepted until the new one is first used, or until a deadline. "
_CUT = "`immediate`: the old one is refused at once, and what it opened is cut."


class Rotation(BaseModel):
    default: Mode = Field(description=f"What happens to whoever does not choose. {_GRACE}{_CUT}")
    hours: int = Field(description="How long the old password is accepted at most, in grace", examples=[72])
    why_not: WhyNot | None = Field(
        description="Why `grace` cannot be chosen: the network element takes one password at a time, or "
        "there is none to keep; null where it can"
    )


class ServiceDetail(Service):
    username: str = Field(description="SIP user name, or PPPoE login", examples=["0033972101010"])
    realm: str = Field(examples=["sip.linekey.test"])
    managed_phone: str = Field(description="The Plug & Phone handset which receives its password by itself")
    actions: list[Verb] = Field(description="What this key may do to it now")
    delivery: Delivery = Field(description="What `send` sends: the password, or a one-time link")
    contact: str = Field(description="Where `send` sends it, masked", examples=["a•••@example.org"])
    rotation: Rotation = Field(description="What becomes of the old password when a new one is made")
    secret_since: datetime | None
    renew_due: bool = Field(description="The password is older than it should get")
    online: bool | None = Field(description="As last seen by the network element; null before the first look")
    seen_at: datetime | None


class Step(_Page):
    kind: str = Field(examples=["push"])
    state: StepState
    since: datetime
    due: datetime = Field(description="When it is tried next")
    attempts: int
    trouble: str = Field(description="What the outside answered last; empty when nothing went wrong")
    result: dict[str, Any]


class Grace(_Page):
    """The old password beside the new one."""

    open: bool = Field(description="The old one may still open something")
    retire_at: datetime | None = Field(
        description="The deadline, or when somebody cut it; null before the element took the new password"
    )
    used_at: datetime | None = Field(description="First use of the new one, by the element's own word")
    used_from: str = Field(examples=["192.0.2.7:5060"])
    used_by: str = Field(description="The device, or the access server that asked", examples=["baresip 1.0"])
    released_at: datetime | None = Field(description="When the old one was refused for good")


class Progress(_Page):
    plan: str = Field(examples=["1f0c6d6a6f7c5a2f9a53c1b6a1d8e7f0"])
    verb: str = Field(examples=["reset"])
    asked_at: datetime
    state: Literal["running", "waiting", "blocked", "awaited", "expected", "done"] = Field(
        description="`awaited`: done on the network, which accepts the old password until the new one is "
        "used. `expected`: the handset is to come and fetch a new one"
    )
    network_done: bool = Field(description="The network element is up to date, whatever the mails do")
    grace: Grace | None = Field(description="Null when the old password was refused from the first")
    steps: list[Step]


class LastChange(BaseModel):
    change: Progress | None = Field(description="Null when nothing was changed yet")


class Rotate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    mode: Mode | None = Field(
        None,
        description=f"What becomes of the old password. {_GRACE}{_CUT} Left out: as `rotation` of the "
        "service says",
        examples=["grace"],
    )


class NewPassword(Rotate):
    password: Clear = Field(examples=["Tilleul-4718-bleu"])


class Receipt(BaseModel):
    """What was promised; `progress` tells what has become true."""

    reference: str = Field(examples=["0033972101010"])
    plan: str = Field(examples=["1f0c6d6a6f7c5a2f9a53c1b6a1d8e7f0"])
    version: int | None = Field(description="Null when nothing changes before a link is opened")


class ShownOnce(Receipt):
    secret: str = Field(description="The new password, told this once", examples=["k7Rw2mXq9TzB4nHd"])


class BrokenRule(BaseModel):
    rule: str = Field(examples=["length"])
    advice: str


class Problem(BaseModel):
    """RFC 9457. `code` never changes once published."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    next_step: str
    instance: str | None = Field(None, description="Names this answer: quote it to support")
    field: str | None = Field(None, description="The value at fault")
    broken: list[BrokenRule] | None = Field(None, description="The conditions a password does not meet")
