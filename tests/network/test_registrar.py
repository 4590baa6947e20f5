"""What every registrar promises, held against the one in memory and against Kamailio on both databases."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from linekey.domain.secret import Secret
from linekey.network.fakes import FakeRegistrar
from linekey.network.ports import ElementEvent, Heard, Registrar, Rejected, SipAddress, SipEntry, SipGrace
from tests.lab.elements import REALM, KamailioInLab

ADA = SipAddress("ada", REALM)
EVE = SipAddress("eve", REALM)


def entry(line: SipAddress, password: str) -> SipEntry:
    def md5(text: str) -> Secret:
        return Secret(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest())

    ha1 = md5(f"{line.username}:{line.realm}:{password}")
    return SipEntry(line, ha1, md5(f"{line.aor}:{line.realm}:{password}"))


def graced(line: SipAddress, new: str, old: str, rotation: str = "", seconds: float = 60) -> SipEntry:
    """`old` is accepted beside `new` for so long."""
    kept, until = entry(line, old), datetime.now(UTC) + timedelta(seconds=seconds)
    return replace(entry(line, new), grace=SipGrace(rotation or uuid4().hex, kept.ha1, kept.ha1b, until))


def told_by(registrar: Registrar, after: int = 0) -> list[ElementEvent]:
    events = registrar.events(after, 1000)
    return [*events, *told_by(registrar, events[-1].number)] if events else []


@dataclass
class AtWork:
    registrar: Registrar
    register: Callable[[SipAddress, str], int]
    agent: str
    """What its phone calls itself."""
    heard: int = 0
    """Number of the last event of another test."""

    def told(self) -> list[ElementEvent]:
        return told_by(self.registrar, self.heard)


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
        return AtWork(fake, fake.register, "linekey-fake")
    real: KamailioInLab = request.getfixturevalue(request.param)
    real.registrar.retire([ADA, EVE])
    for line in (ADA, EVE):
        real.registrar.drop(line)
    real.forget_refusals()
    earlier = told_by(real.registrar)
    return AtWork(real.registrar, real.register, "sipsak", earlier[-1].number if earlier else 0)


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
    assert len(findings) == 5
    assert [finding for finding in findings if not finding.good] == []


def test_a_registrar_says_that_it_can_hold_two_passwords(at_work: AtWork) -> None:
    assert at_work.registrar.takes_grace()


def test_in_grace_the_old_password_is_accepted_until_the_new_one_is_used_and_both_are_told(
    at_work: AtWork,
) -> None:
    rotation = uuid4().hex
    at_work.registrar.push([graced(ADA, "new", "old", rotation)])
    assert at_work.register(ADA, "old") == 200
    assert at_work.register(ADA, "old") == 200
    assert at_work.register(ADA, "new") == 200
    assert at_work.register(ADA, "old") == 401
    assert at_work.register(ADA, "new") == 200
    events = at_work.told()
    assert [(event.what, event.rotation) for event in events] == [
        (Heard.OLD, rotation),
        (Heard.USED, rotation),
        (Heard.REFUSED, ""),
    ]
    for event in events:
        assert event.name == ADA.aor
        assert event.source.startswith("127.0.0.1")
        assert event.agent.startswith(at_work.agent)
        assert abs(event.at - datetime.now(UTC)) < timedelta(seconds=20)


def test_a_line_without_a_rotation_tells_only_of_wrong_passwords(at_work: AtWork) -> None:
    at_work.registrar.push([entry(ADA, "pw")])
    assert at_work.register(ADA, "pw") == 200
    assert at_work.register(ADA, "wrong") == 401
    assert at_work.register(SipAddress("nobody", REALM), "wrong") == 401
    told = [(event.what, event.name) for event in at_work.told()]
    assert told == [(Heard.REFUSED, ADA.aor), (Heard.REFUSED, f"nobody@{REALM}")]


def test_events_are_told_in_order_and_not_twice(at_work: AtWork) -> None:
    for password in ("a", "b", "c"):
        at_work.register(EVE, password)
    first, second = at_work.registrar.events(at_work.heard, 2)
    [third] = at_work.registrar.events(second.number, 2)
    assert first.number < second.number < third.number
    assert at_work.registrar.events(third.number, 2) == []


def test_an_old_password_which_nobody_replaces_is_refused_at_the_deadline(at_work: AtWork) -> None:
    at_work.registrar.push([graced(ADA, "new", "old", seconds=0.7)])
    assert at_work.register(ADA, "old") == 200
    deadline = time.monotonic() + 3
    while at_work.register(ADA, "old") == 200:
        assert time.monotonic() < deadline
        # Each of them comes from another port: so many devices a line has not.
        at_work.registrar.drop(ADA)
    assert at_work.register(ADA, "new") == 200


def test_a_released_rotation_leaves_only_the_new_password_and_others_alone(at_work: AtWork) -> None:
    rotation = uuid4().hex
    at_work.registrar.push([graced(ADA, "new", "old", rotation), graced(EVE, "hers", "her old one")])
    at_work.registrar.release([rotation, "unknown"])
    at_work.registrar.release([rotation])
    assert at_work.register(ADA, "old") == 401
    assert at_work.register(ADA, "new") == 200
    assert Heard.USED not in [event.what for event in at_work.told()]
    assert at_work.register(EVE, "her old one") == 200


def test_a_second_rotation_in_grace_keeps_what_the_devices_hold(at_work: AtWork) -> None:
    first, second = uuid4().hex, uuid4().hex
    at_work.registrar.push([graced(ADA, "never used", "old", first)])
    at_work.registrar.push([graced(ADA, "newest", "old", second)])
    at_work.registrar.release([first])
    assert at_work.register(ADA, "never used") == 401
    assert at_work.register(ADA, "old") == 200
    assert at_work.register(ADA, "newest") == 200
    assert at_work.register(ADA, "old") == 401
    used = [event.rotation for event in at_work.told() if event.what is Heard.USED]
    assert used == [second]


def test_a_rotation_without_grace_ends_one_with_it(at_work: AtWork) -> None:
    at_work.registrar.push([graced(ADA, "leaked", "old")])
    at_work.registrar.push([entry(ADA, "newest")])
    assert [at_work.register(ADA, each) for each in ("old", "leaked", "newest")] == [401, 401, 200]
    assert Heard.USED not in [event.what for event in at_work.told()]


def test_a_line_retired_in_grace_accepts_neither_password(at_work: AtWork) -> None:
    at_work.registrar.push([graced(ADA, "new", "old")])
    at_work.registrar.retire([ADA])
    assert [at_work.register(ADA, each) for each in ("old", "new")] == [401, 401]


def test_no_line_is_let_in_by_the_old_password_of_another(at_work: AtWork) -> None:
    at_work.registrar.push([graced(ADA, "new", "old"), entry(EVE, "hers")])
    assert at_work.register(EVE, "old") == 401


def test_a_thousand_lines_change_in_grace_in_one_push(at_work: AtWork) -> None:
    lines = [SipAddress(f"bulk{number}", REALM) for number in range(1000)]
    rotations = [uuid4().hex for _ in lines]
    at_work.registrar.push(
        [graced(line, "new", "old", name) for line, name in zip(lines, rotations, strict=True)]
    )
    assert at_work.register(lines[0], "old") == 200
    at_work.registrar.release(rotations[:999])
    assert [at_work.register(lines[number], "old") for number in (0, 998, 999)] == [401, 401, 200]
    at_work.registrar.retire(lines)


def test_an_old_password_which_is_no_digest_is_rejected_before_it_is_written(at_work: AtWork) -> None:
    at_work.registrar.push([entry(ADA, "pw")])
    good = graced(ADA, "new", "old")
    assert good.grace is not None
    for wrong in (replace(good.grace, ha1=Secret("0" * 300)), replace(good.grace, ha1b=Secret(""))):
        with pytest.raises(Rejected):
            at_work.registrar.push([replace(good, grace=wrong)])
    assert at_work.register(ADA, "pw") == 200
