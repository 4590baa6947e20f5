"""Which digits make a PIN."""

import pytest

from linekey.domain import pins
from linekey.domain.errors import PinRefused
from linekey.domain.secret import Secret


@pytest.mark.parametrize("good", ["482915", "4829150736", "112233", "000001", "135790"])
def test_a_pin_has_six_to_ten_digits(good: str) -> None:
    pins.require_good(Secret(good))


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "48291",
        "48291507364",
        "777777",
        "123456",
        "890123",
        "987654",
        "210987",
        "48291a",
        "４８２９１５",
        "²²²⁴⁴⁴",
    ],
)
def test_short_long_repeated_running_and_foreign_digits_are_refused(bad: str) -> None:
    with pytest.raises(PinRefused):
        pins.require_good(Secret(bad))
