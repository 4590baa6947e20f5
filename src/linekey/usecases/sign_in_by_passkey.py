"""Sign in with a passkey alone (NEW-8): it knows who you are, and verified you by PIN, finger or face.

Nothing here can be guessed, so no lock stands in the way: what strangers type never keeps its owner out.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from linekey.domain import tally_keys
from linekey.domain.errors import FlowOver
from linekey.domain.factors import Means
from linekey.domain.flows import FlowKind, FlowState, Visitor
from linekey.domain.limits import PASSKEYS
from linekey.domain.networks import network_of
from linekey.records import flows, tallies
from linekey.usecases import prove_factor
from linekey.usecases.prove_factor import KeyAnswer
from linekey.usecases.sign_in import SignedIn, opened
from linekey.vault import seal


def begin(*, visitor: Visitor, onward: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """A flow's reference, and options for `navigator.credentials.get()` which name nobody.

    Raises TooManyAttempts: each call writes a row.
    """
    tallies.require({tally_keys.passkeys(network_of(visitor.address)): PASSKEYS}, now=now)
    with transaction.atomic(durable=True):
        flow = flows.begin(
            FlowKind.SIGN_IN,
            FlowState.CHALLENGE,
            person=None,
            browser=seal.digest(visitor.browser),
            now=now,
            facts={"onward": onward},
        )
        return flow.reference, prove_factor.ask_key(flow)


def finish(*, reference: str, response: Mapping[str, Any], visitor: Visitor, now: datetime) -> SignedIn:
    """Raises FlowOver, WrongKey."""
    flow = flows.current(FlowKind.SIGN_IN, reference, browser=seal.digest(visitor.browser), now=now)
    if flow.state != FlowState.CHALLENGE:
        raise FlowOver()

    def finished(_: Means) -> SignedIn:
        person = prove_factor.owner(flow)
        flows.move(flow, FlowState.DONE, person=person)
        return opened(person, visitor, method="passkey", trust=False, now=now)

    return prove_factor.prove(flow, KeyAnswer(response), visitor=visitor, now=now, finish=finished)
