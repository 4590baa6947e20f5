"""NEW-1, NEW-2 on the pages: what is connected, the choice before, the story after, and « cut now »."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linekey.domain.secret import Secret
from linekey.records.models import CredentialVersion, ElementHealth, Observation, Organisation, Service
from linekey.usecases import rotate_credential
from linekey.worker import listen, schedule
from tests.build import GOOD_SIP_PASSWORD, Cast, actor
from tests.hands import Hands, make_due, work
from tests.web.conftest import SignIn
from tests.web.test_sip_password import operation_in, secret_in

LINE = "/telephonie/0033972101010"
ACCESS = "/internet/xdsl-ab12345-1"
DOORS = [
    (f"{LINE}/gestion/mot-de-passe", {"password": "Orage-4422-pluie"}),
    (f"{LINE}/gestion/reinitialiser", {}),
    (f"{ACCESS}/reinitialiser", {}),
    (f"{ACCESS}/identifiants", {}),
    (f"{ACCESS}/modem-reinitialise", {}),
]


@pytest.fixture
def in_force(cast: Cast, hands: Hands) -> Hands:
    """Elements which hold two passwords, and a password of Ada's line and access on them."""
    schedule.look_at_elements(hands.outside, timezone.now())
    ada, now = actor(cast.ada, timezone.now()), timezone.now()
    rotate_credential.change(
        actor=ada, reference=cast.line.reference, new=GOOD_SIP_PASSWORD, operation="first", now=now
    )
    rotate_credential.reset(actor=ada, reference=cast.access.reference, operation="first", now=now)
    work(hands)
    return hands


def newest(service: Service) -> CredentialVersion:
    return service.versions.order_by("-number")[0]


def chosen_in(page: str) -> str:
    (found,) = re.findall(r'name="mode" value="(\w+)"[^>]* checked', page)
    return str(found)


@pytest.mark.parametrize(("address", "typed"), DOORS, ids=lambda each: str(each)[-16:])
@pytest.mark.parametrize("mode", ["grace", "immediate"])
def test_every_page_that_makes_a_password_offers_both_ways(
    ada: Client, cast: Cast, in_force: Hands, address: str, typed: dict[str, str], mode: str
) -> None:
    page = ada.get(address).content.decode()
    assert chosen_in(page) == "grace"
    assert "Nobody is cut off." in page and "Choose this if the password may have leaked." in page
    ada.post(address, {**typed, "operation": operation_in(page.encode()), "mode": mode})
    version = newest(cast.line if address.startswith(LINE) else cast.access)
    assert version.number == 2 and version.grace == {"grace": 72 * 3600, "immediate": 0}[mode]


def test_the_policy_chooses_for_whoever_does_not(ada: Client, cast: Cast, in_force: Hands) -> None:
    Organisation.objects.filter(pk=cast.lumen.pk).update(policy={"rotation": "immediate"})
    page = ada.get(f"{LINE}/gestion/reinitialiser").content.decode()
    assert chosen_in(page) == "immediate"
    ada.post(f"{LINE}/gestion/reinitialiser", {"operation": operation_in(page.encode())})
    assert newest(cast.line).grace == 0


def test_a_link_may_lead_to_the_cut(ada: Client, in_force: Hands) -> None:
    assert chosen_in(ada.get(f"{LINE}/gestion/reinitialiser?mode=immediate").content.decode()) == "immediate"
    assert chosen_in(ada.get(f"{LINE}/gestion/reinitialiser?mode=%00").content.decode()) == "grace"


@pytest.mark.parametrize("typed", ["later", "grace\0", "GRACE"])
def test_an_invented_mode_changes_nothing(ada: Client, cast: Cast, in_force: Hands, typed: str) -> None:
    address = f"{LINE}/gestion/reinitialiser"
    operation = operation_in(ada.get(address).content)
    assert ada.post(address, {"operation": operation, "mode": typed}).status_code == 400
    assert newest(cast.line).number == 1


def test_where_the_element_holds_one_password_the_page_says_why(
    ada: Client, cast: Cast, in_force: Hands
) -> None:
    ElementHealth.objects.update(grace=False)
    for address, _typed in DOORS:
        page = ada.get(address).content.decode()
        assert "accepts one password at a time" in page and 'name="mode"' not in page
    address = f"{LINE}/gestion/reinitialiser"
    operation = operation_in(ada.get(address).content)
    refused = ada.post(address, {"operation": operation, "mode": "grace"})
    assert refused.status_code == 409 and b"cannot be kept for a while here" in refused.content


def test_where_nothing_is_in_force_the_page_says_that_nothing_is_cut(ada: Client, in_force: Hands) -> None:
    CredentialVersion.objects.all().delete()
    for address, _typed in DOORS:
        page = ada.get(address).content.decode()
        assert "the network accepts no password now" in page and 'name="mode"' not in page
        assert "interrupted until" not in page


class TestConnectedNow:
    def test_devices_are_named_with_address_and_since_when(
        self, ada: Client, cast: Cast, in_force: Hands
    ) -> None:
        in_force.registers(cast.line, GOOD_SIP_PASSWORD.reveal())
        phone = {
            "user_agent": "baresip v1.0",
            "received_from": "192.0.2.7:5060",
            "registered_at": timezone.now().isoformat(),
        }
        seen(cast.line, {"registrations": [phone, *({"contact": "sip:x@y"},) * 6]})
        page = ada.get(f"{LINE}/gestion/reinitialiser").content.decode()
        assert "baresip v1.0 at 192.0.2.7:5060, registered today at" in page
        assert "and 2 more" in page

    def test_a_session_is_named_with_its_address_and_how_long_it_lasts(
        self, ada: Client, cast: Cast, in_force: Hands
    ) -> None:
        since = (timezone.now() - timedelta(hours=3)).isoformat()
        seen(cast.access, {"sessions": [{"framed_address": "192.0.2.10", "started_at": since}]})
        page = ada.get(f"{ACCESS}/identifiants").content.decode()
        assert "the session with the address 192.0.2.10, open for 3\u00a0hours" in page

    @pytest.mark.parametrize("facts", [{}, {"registrations": None}, {"registrations": ["?", 7]}])
    def test_nothing_there_is_said_so(
        self, ada: Client, cast: Cast, in_force: Hands, facts: dict[str, object]
    ) -> None:
        seen(cast.line, facts)
        assert b"No device is registered." in ada.get(f"{LINE}/gestion/mot-de-passe").content

    def test_never_looked_it_asks_by_itself(self, ada: Client, in_force: Hands) -> None:
        page = ada.get(f"{LINE}/gestion/mot-de-passe").content.decode()
        assert "Nobody has looked yet" in page
        assert f'hx-post="{LINE}/etat?bref=1" hx-target="#live" hx-trigger="submit, load"' in page

    def test_refreshed_it_stays_brief(self, ada: Client, cast: Cast, in_force: Hands) -> None:
        headers = {"HX-Request": "true"}
        asked = ada.post(f"{LINE}/etat?bref=1", headers=headers).content.decode()
        (look,) = re.findall(r'hx-get="([^"]+)"', asked)
        assert "bref=1" in look and "Connected now" in asked
        work(in_force)
        told = ada.get(look.replace("&amp;", "&"), headers=headers).content.decode()
        assert "No device is registered." in told and "hx-get" not in told


def seen(service: Service, facts: dict[str, object]) -> None:
    Observation.objects.update_or_create(
        service=service, defaults={"seen_at": timezone.now(), "online": True, "facts": facts}
    )


class TestAfterwards:
    @pytest.fixture
    def renewed(self, ada: Client, cast: Cast, in_force: Hands) -> str:
        address = f"{LINE}/gestion/reinitialiser"
        shown = ada.post(address, {"operation": operation_in(ada.get(address).content), "mode": "grace"})
        work(in_force)
        return secret_in(shown.content)

    def story(self, ada: Client) -> str:
        return ada.get(f"{LINE}/gestion").content.decode()

    def test_the_old_one_works_and_the_page_waits_for_the_new_one(
        self, ada: Client, cast: Cast, in_force: Hands, renewed: str
    ) -> None:
        page = self.story(ada)
        assert "The new password is in force, and nobody was cut off." in page
        assert "Waiting: the old one still works until" in page
        assert "The registrar takes the new password, and the old one for a while." in page
        assert "refuses the old one" not in page
        assert f'href="{LINE}/gestion/couper"' in page

    def test_the_element_tells_who_used_it_and_the_fragment_changes_by_itself(
        self, ada: Client, cast: Cast, in_force: Hands, renewed: str
    ) -> None:
        (fragment,) = re.findall(r'hx-get="([^"]+suivi[^"]+)"', self.story(ada))
        assert ada.get(fragment).status_code == 204
        assert in_force.registers(cast.line, renewed)
        listen.turn(in_force.outside)
        work(in_force)
        told = ada.get(fragment).content.decode()
        assert "Done: the new password is in use, and the old one is refused." in told
        assert "by linekey-fake from 127.0.0.1:5062." in told
        assert "It is refused since the new one was used." in told
        assert "couper" not in told and "hx-get" not in told

    def test_one_hour_late_it_says_what_to_do(self, ada: Client, in_force: Hands, renewed: str) -> None:
        CredentialVersion.objects.filter(number=2).update(
            retire_at=timezone.now() + timedelta(hours=70), live_at=timezone.now() - timedelta(hours=2)
        )
        page = self.story(ada)
        assert "No device uses the new password yet. The old one still works." in page
        assert "Check that the phone has the new password, then restart it." in page
        assert "Not yet, after 2\u00a0hours." in page

    def test_after_the_deadline_it_says_that_nobody_used_it(
        self, ada: Client, in_force: Hands, renewed: str
    ) -> None:
        CredentialVersion.objects.filter(number=2).update(retire_at=timezone.now())
        make_due()
        work(in_force)
        page = self.story(ada)
        assert "The old password was retired at its deadline" in page
        assert "Nobody used it before the old one was retired." in page

    def test_cut_now_names_the_line_and_the_consequence_and_cuts_once(
        self, ada: Client, cast: Cast, in_force: Hands, renewed: str
    ) -> None:
        address = f"{LINE}/gestion/couper"
        asked = ada.get(address).content
        assert "09\u00a072\u00a010\u00a010\u00a010" in asked.decode()
        assert b"The old password is refused at once" in asked
        typed = {"operation": operation_in(asked)}
        assert [ada.post(address, typed).headers["Location"] for _ in range(2)] == [
            f"{LINE}/gestion#story"
        ] * 2
        work(in_force)
        assert not in_force.registers(cast.line, GOOD_SIP_PASSWORD.reveal())
        page = self.story(ada)
        assert "It is refused: somebody asked to cut it before its time." in page
        assert "Done on the network. The old password is refused." in page
        assert page.count("Old password retired") == 1
        assert ada.get(address).status_code == 409

    def test_whoever_has_no_grace_has_nothing_to_cut(self, ada: Client, in_force: Hands) -> None:
        answer = ada.get(f"{ACCESS}/couper")
        assert answer.status_code == 409 and b"there is nothing to cut" in answer.content

    def test_the_desk_cuts_too(self, cast: Cast, sign_in: SignIn, in_force: Hands, renewed: str) -> None:
        dina = sign_in(cast.dina)
        own = f"/revendeur/services/{cast.line.reference}"
        assert f'href="{own}/couper"' in dina.get(own).content.decode()
        typed = {"operation": operation_in(dina.get(f"{own}/couper").content)}
        assert dina.post(f"{own}/couper", typed).status_code == 303
        assert b"kept for a while" not in dina.get("/exploitation").content

    def test_an_open_grace_is_no_trouble_of_the_desk(
        self, cast: Cast, sign_in: SignIn, in_force: Hands, renewed: str
    ) -> None:
        page = sign_in(cast.dina).get("/exploitation").content.decode()
        assert cast.line.reference not in page


def test_whoever_opens_a_one_time_link_chooses(stranger: Client, cast: Cast, in_force: Hands) -> None:
    Organisation.objects.filter(pk=cast.operator.pk).update(policy={})
    rotate_credential.send(
        actor=actor(cast.ada), reference=cast.access.reference, operation="link", now=timezone.now()
    )
    work(in_force)
    link = Secret(in_force.mail.mails[-1].written.text.partition("/lien/")[2].split()[0])
    address = f"/lien/{link.reveal()}"
    page = stranger.get(address).content.decode()
    assert chosen_in(page) == "grace"
    told = stranger.post(address, {"mode": "grace"}).content
    assert b"the previous one works until this one is first used" in told
    assert newest(cast.access).grace == 72 * 3600
