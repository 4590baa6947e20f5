"""No two counts share a key, and a lock says whom it keeps out."""

import pytest

from linekey.domain import tally_keys as keys
from linekey.domain.flows import FlowKind


def test_no_two_counts_share_a_key() -> None:
    found = [
        keys.EVERYBODY,
        *(keys.person(7, device) for device in (None, 7)),
        *(keys.factor(kind, 7, device) for kind in FlowKind for device in (None, 7)),
        *(keys.sent(kind, 7) for kind in FlowKind),
        *(spell(7) for spell in (keys.answer, keys.pin, keys.access_key, keys.asked_of_person)),
        *(spell("7") for spell in (keys.typed, keys.nobody, keys.network, keys.passkeys)),
        *(spell("7") for spell in (keys.asked, keys.asked_of_address, keys.asked_by_plan)),
        keys.session(7, 7),
    ]
    assert len(found) == len(set(found))


@pytest.mark.parametrize("devices", [(), (3,), (3, 44)])
def test_a_lock_says_whom_it_keeps_out(devices: tuple[int, ...]) -> None:
    found = {keys.locked_by(key) for key in keys.locks_of(12, devices)}
    assert found == {(12, device) for device in (None, *devices)}
    assert set(keys.locks_of(12)) <= set(keys.spent_by_guessing(12))
