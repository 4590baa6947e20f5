"""What every registrar promises, held against the one in memory and against Kamailio on both databases."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from linekey.domain.secret import Secret
from linekey.network.fakes import FakeRegistrar
from linekey.network.ports import Registrar, Rejected, SipAddress, SipEntry
from tests.lab.elements import REALM, KamailioInLab

ADA = SipAddress("ada", REALM)
EVE = SipAddress("eve", REALM)


def entry(line: SipAddress, password: str) -> SipEntry:
    def md5(text: str) -> Secret:
        return Secret(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest())

    ha1 = md5(f"{line.username}:{line.realm}:{password}")
    return SipEntry(line, ha1, md5(f"{line.aor}:{line.realm}:{password}"))


@dataclass
class AtWork:
    registrar: Registrar
    register: Callable[[SipAddress, str], int]


@pytest.fixture(
    params=[
        "fake",
        pytest.param("kamailio", marks=pytest.mark.real),
        pytest.param("kamailio_on_postgresql", marks=pytest.mark.real),
    ]
)
def at_work(request: pytest.FixtureRequest) -> AtWork:
    if request.param == "fake":
        fake = FakeRegistrar()
        return AtWork(fake, fake.register)
    real: KamailioInLab = request.getfixturevalue(request.param)
    real.registrar.retire([ADA, EVE])
    for line in (ADA, EVE):
        real.registrar.drop(line)
    return AtWork(real.registrar, real.register)


def test_the_new_password_counts_from_the_next_request_on_and_the_old_one_no_more(at_work: AtWork) -> None:
    at_work.registrar.push([entry(ADA, "first")])
    assert at_work.register(ADA, "first") == 200
    at_work.registrar.push([entry(ADA, "second")])
    assert at_work.register(ADA, "first") == 401
    assert at_work.register(ADA, "second") == 200


def test_pushing_the_same_twice_changes_nothing(at_work: AtWork) -> None:
    at_work.registrar.push([entry(ADA, "pw")])
    at_work.registrar.push([entry(ADA, "pw")])
    assert at_work.register(ADA, "pw") == 200


def test_the_last_entry_of_a_batch_counts_when_a_line_comes_twice(at_work: AtWork) -> None:
    at_work.registrar.push([entry(ADA, "early"), entry(EVE, "hers"), entry(ADA, "late")])
    assert at_work.register(ADA, "late") == 200
    assert at_work.register(ADA, "early") == 401


def test_an_empty_batch_is_no_error(at_work: AtWork) -> None:
    at_work.registrar.push([])
    at_work.registrar.retire([])


def test_a_retired_line_accepts_no_password_and_its_neighbour_still_does(at_work: AtWork) -> None:
    at_work.registrar.push([entry(ADA, "pw"), entry(EVE, "hers")])
    at_work.registrar.retire([ADA])
    assert at_work.register(ADA, "pw") == 401
    assert at_work.register(EVE, "hers") == 200


def test_retiring_and_dropping_what_nobody_knows_is_no_error(at_work: AtWork) -> None:
    nobody = SipAddress("nobody", REALM)
    at_work.registrar.retire([nobody])
    assert at_work.registrar.drop(nobody) == 0
    assert at_work.registrar.registrations(nobody) == []


def test_a_registration_tells_the_device_and_where_it_is(at_work: AtWork) -> None:
    at_work.registrar.push([entry(ADA, "pw")])
    assert at_work.register(ADA, "pw") == 200
    [seen] = at_work.registrar.registrations(ADA)
    assert seen.contact.startswith("sip:ada@127.0.0.1:")
    assert seen.user_agent
    assert seen.received_from.startswith("127.0.0.1:")
    assert seen.registered_at is not None
    assert seen.expires_seconds is not None
    assert seen.expires_seconds > 0


def test_a_dropped_line_is_away_until_its_device_comes_back(at_work: AtWork) -> None:
    at_work.registrar.push([entry(ADA, "pw")])
    at_work.register(ADA, "pw")
    assert at_work.registrar.drop(ADA) == 1
    assert at_work.registrar.registrations(ADA) == []
    assert at_work.register(ADA, "pw") == 200
    assert len(at_work.registrar.registrations(ADA)) == 1


@pytest.mark.parametrize("digest", ["", "0" * 31, "0" * 33, "g" * 32, "A" * 32, "0" * 300, "0" * 32 + "\n"])
def test_what_is_no_digest_is_rejected_before_it_is_written(at_work: AtWork, digest: str) -> None:
    at_work.registrar.push([entry(ADA, "pw")])
    good = entry(EVE, "pw")
    for wrong in (SipEntry(EVE, Secret(digest), good.ha1b), SipEntry(EVE, good.ha1, Secret(digest))):
        with pytest.raises(Rejected) as refusal:
            at_work.registrar.push([entry(ADA, "other"), wrong])
        assert "eve" in str(refusal.value)
    assert at_work.register(ADA, "pw") == 200


def test_a_thousand_lines_go_in_one_push(at_work: AtWork) -> None:
    lines = [SipAddress(f"bulk{number}", REALM) for number in range(1000)]
    at_work.registrar.push([entry(line, f"pw-{line.username}") for line in lines])
    assert at_work.register(lines[0], "pw-bulk0") == 200
    assert at_work.register(lines[999], "pw-bulk999") == 200
    at_work.registrar.retire(lines)
    assert at_work.register(lines[500], "pw-bulk500") == 401


@pytest.mark.parametrize("password", ["p w", "a'b\"c", "`id`", "%{x}", "back\\", "é€ü", "x" * 60, ":;,@#"])
def test_an_odd_password_is_only_a_password(at_work: AtWork, password: str) -> None:
    at_work.registrar.push([entry(ADA, password)])
    assert at_work.register(ADA, password) == 200
    assert at_work.register(ADA, password + "x") == 401


@pytest.mark.parametrize("name", ["ada'--", "a' OR '1'='1", "ada%27", "x'; DROP TABLE subscriber; --"])
def test_a_hostile_user_name_opens_nothing_and_breaks_nothing(at_work: AtWork, name: str) -> None:
    at_work.registrar.push([entry(ADA, "pw")])
    assert at_work.register(SipAddress(name, REALM), "pw") != 200
    assert at_work.register(ADA, "pw") == 200


def test_a_healthy_element_has_only_good_findings(at_work: AtWork) -> None:
    findings = at_work.registrar.health()
    assert len(findings) == 4
    assert [finding for finding in findings if not finding.good] == []
