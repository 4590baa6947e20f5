"""Codes of authenticator applications, checked: the second page of signing in, as a person sends it.

No call of the API takes such a code: a program signs in by an access key, and a call which says whether six
digits are right would be a place to guess them. What is timed is the form of the page: the try is counted,
the code compared and used up, a session begins and its owner is told. The password was checked before.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from bench import people
from bench.ground import Ground
from bench.load import form, once, play
from bench.measure import ROUNDS, Result, Target, alone
from bench.serving import Server, serving

if TYPE_CHECKING:
    from linekey.records.models import Person

CLIENTS = 16
_CSRF = "C" * 32


def run(ground: Ground) -> Iterable[Result]:
    count = ground.size(400, 16)
    people.migrated()
    customer = people.company()
    with serving(ground.home, "linekey.config.wsgi") as server:
        rounds = [
            _checked(server, people.subscribers(customer, count, first=each * count))
            for each in range(ROUNDS + 1)
        ][1:]
        yield alone("second factor checked", "/s", rounds, target=Target(at_least=200))


def _checked(server: Server, who: "Sequence[Person]") -> float:
    """A second."""
    people.known(who)
    sent = _forms(who)
    return len(sent) / play(server.port, (once(each, 303) for each in sent), clients=CLIENTS)


def _forms(who: "Sequence[Person]") -> list[bytes]:
    """One of each person, whose password was right a moment ago, with the code their application shows."""
    import pyotp
    from django.utils import timezone

    from linekey.domain.factors import Factor as Kind
    from linekey.domain.flows import FlowKind, FlowState
    from linekey.domain.secret import Secret
    from linekey.records.models import Factor, Flow
    from linekey.vault import seal

    now, seeds = timezone.now(), [pyotp.random_base32() for _ in who]
    factors = [
        Factor(uid=uuid4().hex, person=person, kind=Kind.TOTP, name="Phone", created_at=now) for person in who
    ]
    for factor, seed in zip(factors, seeds, strict=True):
        factor.sealed = seal.seal(seed.encode(), factor.seal_place)
    Factor.objects.bulk_create(factors)
    flows = Flow.objects.bulk_create(
        Flow(
            reference=uuid4().hex,
            kind=FlowKind.SIGN_IN,
            state=FlowState.FACTOR,
            person=person,
            browser=seal.digest(Secret(people.browser_of(person))),
            created_at=now,
            expires_at=now + timedelta(minutes=15),
        )
        for person in who
    )
    return [
        form(
            f"/connexion/{flow.reference}",
            {"way": "totp", "code": pyotp.TOTP(seed).now(), "csrfmiddlewaretoken": _CSRF},
            cookies={"linekey-browser": people.browser_of(person), "csrftoken": _CSRF},
        )
        for flow, seed, person in zip(flows, seeds, who, strict=True)
    ]
