"""Law 8 as a matrix written by the code: every purpose of a link and kind of flow, at every place there is.

Places are found in the address book of the portal and among the use-cases. One that is new and not placed
here fails, so that nobody forgets it; only the diagonal works.
"""

import inspect
import pkgutil
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from linekey import usecases
from linekey.domain.access import Actor
from linekey.domain.cases import CaseLink
from linekey.domain.contacts import Contact
from linekey.domain.errors import FlowOver, LinkNotValid, Refusal
from linekey.domain.factors import Factor as Kind
from linekey.domain.factors import Means
from linekey.domain.flows import OVER, FlowKind, FlowState
from linekey.domain.recovery import Purpose
from linekey.domain.secret import Secret
from linekey.records import find
from linekey.records.models import Factor, Flow, OpenSession, Person, Ticket
from linekey.usecases import change_contact, confirm_identity, enrol_factor, sign_in, sign_in_by_passkey
from linekey.usecases.prove_factor import KeyAnswer, TypedCode
from linekey.vault import seal
from tests.build import PORTAL_PASSWORD, Cast, ask_for_codes, open_session, visitor
from tests.laws.links import LINKS, issue
from tests.laws.places import module_of, patterns

BROWSER = "b" * 43
WHO = visitor(BROWSER, "127.0.0.1")

OPENED_BY: dict[str, Purpose | CaseLink] = {
    "new-password": Purpose.RECOVER,
    "new-password-check": Purpose.RECOVER,
    "new-password-key": Purpose.RECOVER,
    "activate": Purpose.ACTIVATE,
    "activate-check": Purpose.ACTIVATE,
    "reveal-link": Purpose.REVEAL,
    "case-follow": CaseLink.FOLLOW,
    "case-confirm": CaseLink.FOLLOW,
    "case-withdraw": CaseLink.FOLLOW,
    "case-stop": CaseLink.STOP,
}
"""Pages with a token in their address."""
WALKED_BY = {
    "sign-in-proof": FlowKind.SIGN_IN,
    "sign-in-proof-key": FlowKind.SIGN_IN,
    "sign-in-proof-send": FlowKind.SIGN_IN,
    "account-totp-proof": FlowKind.ENROLMENT,
    "account-contact-code": FlowKind.CONTACT,
    "account-contact-resend": FlowKind.CONTACT,
}
"""Pages with a flow in their address."""
OF_SERVICES = (
    "linekey.web.customer",
    "linekey.web.staff",
    "linekey.web.sheet",
    "linekey.web.audit",
    "linekey.web.health",
    "linekey.web.integrations.webhook",
)
"""What stands in their addresses is the reference of a line, an access or a webhook."""
OF_HANDSETS = ("linekey.provision",)
"""Tokens of theirs are no links; `tests/provision` tries them on every page, and a link on theirs."""

TAKES_TOKEN: dict[str, Purpose | CaseLink | None] = {
    "recover_account": Purpose.RECOVER,
    "activate_account": Purpose.ACTIVATE,
    "reveal_secret": Purpose.REVEAL,
    "follow_case": CaseLink.FOLLOW,
    "stop_case": CaseLink.STOP,
    # These are no links: they are drawn for programs, and live in tables of their own.
    "use_access_key": None,
    "authorise_application": None,
    "fetch_phone": None,
}
WALKS = {
    "sign_in.prove": FlowKind.SIGN_IN,
    "sign_in.ask_key": FlowKind.SIGN_IN,
    "sign_in_by_passkey.finish": FlowKind.SIGN_IN,
    "confirm_identity.prove": FlowKind.STEP_UP,
    "confirm_identity.ask_key": FlowKind.STEP_UP,
    "confirm_identity.own_flow": FlowKind.STEP_UP,
    "change_contact.look": FlowKind.CONTACT,
    "change_contact.confirm": FlowKind.CONTACT,
    "enrol_factor.look_totp": FlowKind.ENROLMENT,
    "enrol_factor.confirm_totp": FlowKind.ENROLMENT,
    "enrol_factor.confirm_key": FlowKind.ENROLMENT,
    # They are told which kind the caller means.
    "look_at_flow.look": None,
    "prove_factor.send_code": None,
}


def pages_with(parameter: str) -> dict[str, URLPattern]:
    found = [each for each in patterns() if parameter in each.pattern.converters]
    return {
        str(each.name): each for each in found if not module_of(each).startswith((*OF_SERVICES, *OF_HANDSETS))
    }


def entries(parameter: str) -> dict[str, Callable[..., Any]]:
    """Public functions of use-cases which take such a parameter from outside."""
    found: dict[str, Callable[..., Any]] = {}
    for module in pkgutil.iter_modules(usecases.__path__):
        members = vars(import_module(f"{usecases.__name__}.{module.name}"))
        for name, each in members.items():
            if (
                inspect.isfunction(each)
                and not name.startswith("_")
                and each.__module__.endswith(f".{module.name}")
                and parameter in inspect.signature(each).parameters
            ):
                found[f"{module.name}.{name}"] = each
    return found


TOKEN_ENTRIES = entries("token")
FLOW_ENTRIES = {
    name: each
    for name, each in entries("reference").items()
    if "visitor" in inspect.signature(each).parameters
}


def test_every_place_that_takes_a_link_or_a_flow_is_in_the_matrix() -> None:
    assert pages_with("token").keys() <= OPENED_BY.keys()
    assert pages_with("reference").keys() <= WALKED_BY.keys()
    assert {name.partition(".")[0] for name in TOKEN_ENTRIES} == TAKES_TOKEN.keys()
    assert FLOW_ENTRIES.keys() == WALKS.keys()


class TestLinks:
    @pytest.mark.parametrize(("link", "page"), list(product(LINKS, sorted(pages_with("token")))))
    def test_on_every_page(self, cast: Cast, link: str, page: str) -> None:
        if page == "new-password-key":
            factor_of(cast.ada, Kind.KEY, credential_id="AAAA")
        token = issue(cast, link, timezone.now()).reveal()
        answers = self.knock(page, token)
        if OPENED_BY[page] is LINKS[link]:
            assert all(answer.status_code not in (403, 404, 410) for answer in answers)
        else:
            assert {answer.status_code for answer in answers} <= {405, 410}
            assert any(answer.status_code == 410 for answer in answers)
            assert Ticket.objects.get(digest=seal.digest(Secret(token))).used_at is None

    @pytest.mark.parametrize("page", sorted(pages_with("token")))
    def test_a_flow_is_no_link(self, cast: Cast, begun: dict[FlowKind, str], page: str) -> None:
        for reference in begun.values():
            assert {answer.status_code for answer in self.knock(page, reference)} <= {405, 410}

    @staticmethod
    def knock(page: str, token: str) -> list[Any]:
        """Looking, and forms that say nothing useful: they use nothing up."""
        address, browser = reverse(page, args=[token]), Client()
        return [
            browser.get(address),
            browser.post(address, {"password": "court", "answer": "x", "code": "x"}),
        ]

    @pytest.mark.parametrize(("link", "entry"), list(product(LINKS, sorted(TOKEN_ENTRIES))))
    def test_in_every_use_case(self, cast: Cast, link: str, entry: str) -> None:
        now = timezone.now()
        token, wants = issue(cast, link, now), TAKES_TOKEN[entry.partition(".")[0]]
        actor = find.actor_of(cast.ada, confirmed_at=now)
        given = {"token": token, "visitor": WHO, "now": now, "address": "192.0.2.1", "actor": actor}
        refusal = refused(TOKEN_ENTRIES[entry], given)
        if wants is LINKS[link]:
            assert not isinstance(refusal, LinkNotValid)
        else:
            assert refusal is not None
            assert Ticket.objects.get(digest=seal.digest(token)).used_at is None


def refused(entry: Callable[..., Any], given: dict[str, Any]) -> Refusal | None:
    """Call it with what it wants; how it refused, if it did."""
    usual: dict[str, Any] = {
        "typed": Secret("x"),
        "candidate": Secret("un canari jaune et bavard"),
        "new": Secret("un canari jaune et bavard"),
        "proof": TypedCode(Means.TOTP, Secret("000000")),
        "code": Secret("000000"),
        "response": {"id": "AAAA"},
        "name": "",
        "trust": False,
        "means": Means.MAIL,
        "onward": "/",
        "source": "192.0.2.1",
        "agent": "",
    }
    wanted = {
        name: given.get(name, usual.get(name))
        for name, parameter in inspect.signature(entry).parameters.items()
        if name in given or parameter.default is parameter.empty
    }
    try:
        entry(**wanted)
    except Refusal as refusal:
        return refusal
    return None


UID = "f" * 32


def factor_of(person: Person, kind: Kind, **fields: Any) -> None:
    Factor.objects.create(
        uid=UID, person=person, kind=kind.value, name="x", created_at=timezone.now(), **fields
    )


@pytest.fixture
def ada(cast: Cast) -> Actor:
    """She has a factor, so that nothing is refused for the lack of one, and asks for codes."""
    now = timezone.now()
    factor_of(cast.ada, Kind.TOTP, sealed=seal.seal(b"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", f"factor:{UID}"))
    ask_for_codes(cast.operator)
    return find.actor_of(cast.ada, confirmed_at=now, session_id=open_session(cast.ada, now).pk)


@pytest.fixture
def begun(cast: Cast, ada: Actor) -> dict[FlowKind, str]:
    """A flow of every kind, all Ada's, all begun in one browser."""
    return {kind: begin(kind, cast, ada) for kind in FlowKind}


def begin(kind: FlowKind, cast: Cast, ada: Actor) -> str:
    now = timezone.now()
    if kind is FlowKind.SIGN_IN:
        wanted = sign_in.enter(identifier="ab12345-lk", password=PORTAL_PASSWORD, visitor=WHO, now=now)
        assert isinstance(wanted, sign_in.ProofWanted)
        return wanted.flow
    if kind is FlowKind.STEP_UP:
        return confirm_identity.begin(actor=ada, visitor=WHO, now=now) or ""
    if kind is FlowKind.ENROLMENT:
        return enrol_factor.begin_totp(actor=ada, name="", visitor=WHO, now=now).flow
    if kind is FlowKind.CONTACT:
        return change_contact.begin(
            actor=ada, contact=Contact.BACKUP, value="ada@backup.example", visitor=WHO, now=now
        )
    issue(cast, "recover" if kind is FlowKind.RECOVERY else "activate", now)
    flow = Flow.objects.get(kind=kind)
    # As if its link was opened here: the browser is then no hindrance, and the kind must be.
    Flow.objects.filter(pk=flow.pk).update(person=cast.ada, browser=seal.digest(WHO.browser))
    return flow.reference


class TestFlows:
    @pytest.mark.parametrize("entry", sorted(FLOW_ENTRIES))
    def test_in_every_use_case(self, cast: Cast, ada: Actor, begun: dict[FlowKind, str], entry: str) -> None:
        for kind, meant in product(FlowKind, [WALKS[entry]] if WALKS[entry] else FlowKind):
            if meant is kind:
                continue
            given = {"actor": ada, "reference": begun[kind], "visitor": WHO, "kind": meant}
            before = Flow.objects.get(reference=begun[kind])
            assert isinstance(refused(FLOW_ENTRIES[entry], given | {"now": timezone.now()}), FlowOver)
            assert _same(before, Flow.objects.get(reference=begun[kind]))

    @pytest.mark.parametrize("entry", sorted(FLOW_ENTRIES))
    def test_in_its_own_use_case(
        self, cast: Cast, ada: Actor, begun: dict[FlowKind, str], entry: str
    ) -> None:
        """It is walked: whatever is wrong with the answer, it is no longer the flow."""
        if entry == "sign_in_by_passkey.finish":
            begun[FlowKind.SIGN_IN], _ = sign_in_by_passkey.begin(visitor=WHO, onward="/", now=timezone.now())
        elif entry.endswith((".ask_key", ".confirm_key")):
            return  # Walked with an authenticator, in the tests of its use-case.
        kind = WALKS[entry] or FlowKind.CONTACT
        given = {"actor": ada, "reference": begun[kind], "visitor": WHO, "kind": kind, "now": timezone.now()}
        assert not isinstance(refused(FLOW_ENTRIES[entry], given), FlowOver)

    @pytest.mark.parametrize("entry", sorted(FLOW_ENTRIES))
    def test_only_in_its_own_browser_in_time_and_for_its_own_person(
        self, cast: Cast, ada: Actor, begun: dict[FlowKind, str], entry: str
    ) -> None:
        kind = WALKS[entry] or FlowKind.CONTACT
        own = {"actor": ada, "reference": begun[kind], "visitor": WHO, "now": timezone.now(), "kind": kind}
        now = timezone.now()
        eve = find.actor_of(cast.eve, confirmed_at=now, session_id=open_session(cast.eve, now).pk)
        end = Flow.objects.get(reference=begun[kind]).expires_at
        late = find.actor_of(cast.ada, confirmed_at=end, session_id=ada.session_id)
        foreign: list[dict[str, Any]] = [
            {"visitor": visitor("another browser")},
            {"now": end, "actor": late},
            {"now": end + timedelta(seconds=1), "actor": late},
            {"reference": begun[kind][:-1]},
            {"reference": begun[kind].upper() + "x"},
            {"reference": ""},
        ]
        if "actor" in inspect.signature(FLOW_ENTRIES[entry]).parameters:
            foreign.append({"actor": eve})
        for change in foreign:
            assert isinstance(refused(FLOW_ENTRIES[entry], own | change), FlowOver), change
        Person.objects.filter(pk=cast.ada.pk).update(is_active=False)
        assert isinstance(refused(FLOW_ENTRIES[entry], own), FlowOver)

    @pytest.mark.parametrize("page", sorted(pages_with("reference")))
    def test_on_every_page(self, cast: Cast, ada: Actor, begun: dict[FlowKind, str], page: str) -> None:
        browser = self.signed_in(cast) if page.startswith("account") else self.stranger()
        for kind in FlowKind:
            before, address = Flow.objects.get(reference=begun[kind]), reverse(page, args=[begun[kind]])
            shown = browser.get(address)
            if WALKED_BY[page] is kind:
                assert shown.status_code in (200, 405)
                continue
            sent = browser.post(address, {"code": "000000", "means": "totp", "answer": "{}"})
            assert shown.status_code in (303, 405, 410) and sent.status_code in (303, 405, 410)
            assert _same(before, Flow.objects.get(reference=begun[kind]))

    @staticmethod
    def stranger() -> Client:
        browser = Client()
        browser.cookies["linekey-browser"] = BROWSER
        return browser

    def signed_in(self, cast: Cast) -> Client:
        browser = self.stranger()
        session = browser.session
        session["opened"] = OpenSession.objects.filter(person=cast.ada).latest("pk").pk
        session["stamp"] = cast.ada.get_session_auth_hash()
        session.save()
        return browser

    def test_a_passkeys_challenge_is_no_second_step(self, cast: Cast, ada: Actor) -> None:
        """Nobody has said who they are: no code can be right, and no key but a passkey."""
        now = timezone.now()
        reference, _ = sign_in_by_passkey.begin(visitor=WHO, onward="/", now=now)
        for proof in (TypedCode(means, Secret("000000")) for means in Means):
            given = {"reference": reference, "visitor": WHO, "now": now, "proof": proof}
            assert isinstance(refused(sign_in.prove, given), FlowOver)
        given = {"reference": reference, "visitor": WHO, "now": now, "proof": KeyAnswer({"id": "AAAA"})}
        assert isinstance(refused(sign_in.prove, given), FlowOver)
        assert Flow.objects.get(reference=reference).tries == 0

    def test_a_second_step_is_no_passkeys_challenge(self, cast: Cast, ada: Actor) -> None:
        reference, now = begin(FlowKind.SIGN_IN, cast, ada), timezone.now()
        given = {"reference": reference, "visitor": WHO, "now": now}
        assert isinstance(refused(sign_in_by_passkey.finish, given), FlowOver)
        assert Flow.objects.get(reference=reference).state == FlowState.FACTOR


def _same(before: Flow, after: Flow) -> bool:
    return (before.state, before.tries, before.code, before.challenge) == (
        after.state,
        after.tries,
        after.code,
        after.challenge,
    ) and after.state not in OVER
