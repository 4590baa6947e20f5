"""How long a link opens something."""

from datetime import timedelta

from linekey.domain.flows import LASTS as FLOW_LASTS
from linekey.domain.flows import FlowKind
from linekey.domain.recovery import LASTS, Purpose


def test_every_purpose_of_a_link_has_an_end() -> None:
    assert set(LASTS) == set(Purpose)


def test_a_link_into_an_account_dies_within_the_hour_and_any_other_within_days() -> None:
    """OWASP Forgot Password: the shorter the better; ours to a line must survive a weekend."""
    assert LASTS[Purpose.RECOVER] <= timedelta(hours=1)
    for purpose in set(Purpose) - {Purpose.RECOVER}:
        assert timedelta(days=2) < LASTS[purpose] <= timedelta(days=7)


def test_a_link_and_the_flow_it_opens_end_together() -> None:
    assert LASTS[Purpose.RECOVER] == FLOW_LASTS[FlowKind.RECOVERY]
    assert LASTS[Purpose.ACTIVATE] == FLOW_LASTS[FlowKind.ACTIVATION]
