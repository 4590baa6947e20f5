"""The operator decides, a reseller and a customer may decide otherwise for themselves."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linekey.domain.kinds import Delivery, Mode
from linekey.domain.policy import Policy, inherit

CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "sip_rules": st.sampled_from(["legacy", "anssi", "nist"]),
        "portal_rules": st.sampled_from(["portal"]),
        "pppoe_delivery": st.sampled_from(["mail", "link"]),
        "rotation": st.sampled_from(["grace", "immediate"]),
        "grace_hours": st.integers(1, 720),
        "sign_in_code": st.sampled_from(["unusual", "never"]),
        "lock_after": st.integers(3, 100),
        "security_question": st.booleans(),
    },
)


def test_without_any_choice_the_safe_values_hold() -> None:
    assert inherit([]) == Policy()
    assert Policy().pppoe_delivery is Delivery.LINK
    assert Policy().rotation is Mode.GRACE
    assert Policy().sign_in_code == "unusual"
    assert not Policy().security_question
    assert 3 <= Policy().lock_after <= 100, "NIST SP 800-63B: at most a hundred in a row"


@given(st.lists(CHOICES, max_size=4))
def test_the_nearest_organisation_that_decided_a_value_decides_it(layers: list[dict[str, object]]) -> None:
    decided = asdict(Policy())
    for layer in layers:
        decided |= layer
    assert asdict(inherit(layers)) == decided


@given(st.lists(CHOICES, max_size=3))
def test_a_release_reads_the_choices_of_a_newer_one(layers: list[dict[str, object]]) -> None:
    newer = [{**layer, "carrier_pigeons": 24, "lock": {"after": 5}} for layer in layers]
    assert inherit(newer) == inherit(layers)


def test_the_delivery_is_always_one_we_know() -> None:
    assert inherit([{"pppoe_delivery": "mail"}]).pppoe_delivery is Delivery.MAIL
    with pytest.raises(ValueError, match="pigeon"):
        inherit([{"pppoe_delivery": "pigeon"}])
