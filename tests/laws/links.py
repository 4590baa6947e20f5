"""One-time links of every purpose, as the worker would have sent them, and the use-cases they open."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from linekey.domain.flows import FlowKind, FlowState, Visitor
from linekey.domain.recovery import Purpose
from linekey.domain.secret import Secret
from linekey.records import flows, tickets
from linekey.records.models import Person
from linekey.usecases import activate_account, recover_account, reveal_secret
from linekey.vault import seal
from tests.build import Cast, visitor

NEW = Secret("un canari jaune et bavard")
LINKS: dict[str, Purpose] = {
    "recover": Purpose.RECOVER,
    "activate": Purpose.ACTIVATE,
    "create": Purpose.ACTIVATE,
    "reveal": Purpose.REVEAL,
}
"""`activate`: an account which an administrator opened; `create`: one which a stranger asked for."""


@dataclass(frozen=True)
class Uses:
    look: Callable[[Secret, datetime], object]
    use: Callable[[Secret, Visitor, datetime], object]


USES: dict[Purpose, Uses] = {
    Purpose.RECOVER: Uses(
        lambda token, now: recover_account.look(token=token, now=now),
        lambda token, who, now: recover_account.finish(token=token, new=NEW, visitor=who, now=now),
    ),
    Purpose.ACTIVATE: Uses(
        lambda token, now: activate_account.look(token=token, now=now),
        lambda token, who, now: activate_account.finish(token=token, new=NEW, visitor=who, now=now),
    ),
    Purpose.REVEAL: Uses(
        lambda token, now: reveal_secret.look(token=token, now=now),
        lambda token, who, now: reveal_secret.open_link(token=token, now=now),
    ),
}


def owner(cast: Cast, link: str) -> Person | None:
    """Ada; for an activation Bruno, whose account nobody activated yet; nobody where there is no account."""
    if link == "activate":
        Person.objects.filter(pk=cast.bruno.pk).update(activated_at=None, password="!")
        cast.bruno.refresh_from_db()
        return cast.bruno
    return None if link == "create" else cast.ada


def issue(cast: Cast, link: str, now: datetime) -> Secret:
    token, person = seal.new_token(), owner(cast, link)
    kind = {"recover": FlowKind.RECOVERY, "reveal": None}.get(link, FlowKind.ACTIVATION)
    wanted = {"first_name": "Zoé", "last_name": "Zola", "email": "zoe@example.net", "language": "fr"}
    facts = {**wanted, "customer_id": "zz99999-lk"} if link == "create" else {}
    flow = (
        flows.begin(kind, FlowState.LINK, person=person, browser="", now=now, facts=facts) if kind else None
    )
    service = cast.line if link == "reveal" else None
    tickets.issue(seal.digest(token), LINKS[link], person=person, service=service, flow=flow, now=now)
    return token


def look(link: str, token: Secret, now: datetime) -> object:
    return USES[LINKS[link]].look(token, now)


def use(link: str, token: Secret, now: datetime, who: Visitor | None = None) -> object:
    return USES[LINKS[link]].use(token, who or visitor(), now)
