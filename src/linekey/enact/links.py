"""One-time links that let people into their accounts, in the mail that carries each. Drawn here, so that none
lies in clear on its way.
"""

from datetime import datetime

from django.db import transaction

from linekey.domain.flows import OVER, FlowKind, FlowState
from linekey.domain.recovery import LASTS, Purpose
from linekey.domain.secret import Secret
from linekey.enact.outside import Outside
from linekey.enact.post import post
from linekey.records import flows, tickets
from linekey.records.claimed import Claimed
from linekey.records.models import Flow, Person
from linekey.vault import seal


def welcome(claimed: Claimed, outside: Outside, now: datetime, person: Person, *, by: str) -> None:
    """`by`: the organisation that opened the account; may be empty."""
    flow, token = _link(FlowKind.ACTIVATION, Purpose.ACTIVATE, person, claimed, now)
    post(claimed, outside, now, person, {**activation(outside, flow, token), "by": by}, message="welcome")


def activation(outside: Outside, flow: Flow, token: Secret) -> dict[str, object]:
    return {"link": f"{outside.voice.public_url}/activation/{token.reveal()}", "expires": flow.expires_at}


def recovery(claimed: Claimed, outside: Outside, now: datetime, person: Person, *, by: str) -> None:
    """`by`: the organisation that asked for a new password; empty when its owner, or a stranger, did."""
    _, token = _link(FlowKind.RECOVERY, Purpose.RECOVER, person, claimed, now)
    facts = {
        "link": f"{outside.voice.public_url}/mot-de-passe-perdu/{token.reveal()}",
        "lasts_minutes": int(LASTS[Purpose.RECOVER].total_seconds() // 60),
        "by": by,
    }
    post(claimed, outside, now, person, facts, message="reset_password")


def _link(
    kind: FlowKind, purpose: Purpose, person: Person, claimed: Claimed, now: datetime
) -> tuple[Flow, Secret]:
    """A flow and what opens it; what an earlier try of the same request made is dead."""
    token = seal.new_token()
    with transaction.atomic():
        tried = Flow.objects.filter(ticket__plan=claimed.plan, person=person).exclude(state__in=OVER)
        tried.update(state=FlowState.ENDED)
        flow = flows.begin(kind, FlowState.LINK, person=person, browser="", now=now)
        tickets.issue(seal.digest(token), purpose, person=person, flow=flow, plan=claimed.plan, now=now)
    return flow, token
