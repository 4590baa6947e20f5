"""What is Kamailio's own: rows of subscriber, who may register what, guessing, restarts, a real phone."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from linekey.network.ports import SipAddress
from linekey.network.store import open_store
from linekey.worker import elements
from tests.lab import sip_client
from tests.lab.elements import REALM, KamailioInLab, need
from tests.network.test_registrar import ADA, EVE, entry

pytestmark = pytest.mark.real


@pytest.fixture(params=["kamailio", "kamailio_on_postgresql"])
def real(request: pytest.FixtureRequest) -> Iterator[KamailioInLab]:
    element: KamailioInLab = request.getfixturevalue(request.param)
    element.registrar.push([entry(ADA, "pw"), entry(EVE, "hers")])
    yield element
    for line in (ADA, EVE):
        element.registrar.drop(line)
    element.registrar.retire([ADA, EVE])


def register_as(real: KamailioInLab, username: str, password: str, line: str = "") -> int:
    at = (real.settings.host, real.settings.sip_port, REALM)
    return sip_client.register(*at, username, password, line=line)


def test_no_table_of_kamailio_holds_the_password(real: KamailioInLab) -> None:
    real.registrar.push([entry(ADA, "canary-in-the-mine")])
    with real.store.connect() as connection:
        held = connection.execute(text("SELECT * FROM subscriber")).mappings().all()
    assert "canary-in-the-mine" not in repr(held)
    assert {row["password"] for row in held} == {""}


def test_a_phone_which_names_itself_user_at_domain_is_let_in(real: KamailioInLab) -> None:
    assert register_as(real, f"ada@{REALM}", "pw", line="ada") == 200
    assert register_as(real, f"ada@{REALM}", "wrong", line="ada") == 401
    assert len(real.registrar.registrations(ADA)) == 1


def test_nobody_registers_the_line_of_another(real: KamailioInLab) -> None:
    assert register_as(real, "eve", "hers", line="ada") == 403
    assert real.registrar.registrations(ADA) == []


def test_guessing_is_stopped_and_a_few_slips_are_not(real: KamailioInLab) -> None:
    guessed = SipAddress("guessed", REALM)
    real.registrar.push([entry(guessed, "pw")])
    assert [real.register(guessed, f"slip {number}") for number in range(4)] == [401] * 4
    assert real.register(guessed, "pw") == 200
    assert [real.register(guessed, f"guess {number}") for number in range(5)] == [401] * 5
    assert real.register(guessed, "pw") == 403
    assert real.register(ADA, "pw") == 200
    # The customer got a new password at the desk: the guesses of the past do not stand in the way.
    real.registrar.push([entry(guessed, "new")])
    assert real.register(guessed, "new") == 200


def test_registrations_outlive_a_restart_and_can_then_be_dropped(real: KamailioInLab) -> None:
    assert real.register(ADA, "pw") == 200
    real.stop()
    real.start()
    # The first worker reads the table while the others answer already.
    assert elements.wait_until_answering(lambda: len(real.registrar.registrations(ADA)) == 1)
    assert real.registrar.drop(ADA) == 1
    assert real.registrar.registrations(ADA) == []
    assert real.registrar.drop(ADA) == 0
    assert real.register(ADA, "pw") == 200


def test_a_real_phone_is_seen_with_its_name_and_refused_after_a_rotation(real: KamailioInLab) -> None:
    need("baresip")
    with real.phone(ADA, "pw") as phone:
        assert phone.registered()
        [seen] = real.registrar.registrations(ADA)
        assert "baresip" in seen.user_agent
    real.registrar.push([entry(ADA, "rotated")])
    with real.phone(ADA, "pw") as phone:
        assert phone.refused()
    with real.phone(ADA, "rotated") as phone:
        assert phone.registered()


def test_other_columns_of_an_existing_installation_are_kept(real: KamailioInLab) -> None:
    store = open_store(real.settings.store("sip"))
    with store.begin() as connection:
        connection.execute(text("ALTER TABLE subscriber ADD COLUMN floor VARCHAR(8) DEFAULT ''"))
        connection.execute(text("UPDATE subscriber SET floor = '7th' WHERE username = 'ada'"))
    try:
        real.registrar.push([entry(ADA, "other")])
        with store.connect() as connection:
            kept = connection.execute(text("SELECT floor FROM subscriber WHERE username = 'ada'")).all()
        assert [row.floor for row in kept] == ["7th"]
    finally:
        with store.begin() as connection:
            connection.execute(text("ALTER TABLE subscriber DROP COLUMN floor"))
        store.dispose()
