"""A secret in clear shows in nothing that is printed, logged, stored or copied (law 5)."""

import copy
import json
import logging
import pickle
import traceback
from dataclasses import asdict, dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linekey.domain.secret import Secret

CLEAR = "Tilleul-4718-bleu"
SECRET = Secret(CLEAR)


@dataclass(frozen=True)
class Holder:
    login: str
    password: Secret


@pytest.mark.parametrize(
    "shown",
    [
        str(SECRET),
        repr(SECRET),
        f"{SECRET}",
        f"{SECRET!r:>40}",
        f"{SECRET:>40}",
        "%s %r" % (SECRET, SECRET),  # noqa: UP031 - the old form must be safe too
        "{0} {0!s}".format(SECRET),  # noqa: UP032 - same
        str([SECRET]),
        str({"password": SECRET}),
        repr(Holder("ada", SECRET)),
    ],
)
def test_printing_a_secret_in_any_way_shows_dots(shown: str) -> None:
    assert CLEAR not in shown and "••••" in shown


def test_a_log_line_about_a_secret_holds_dots(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("desk").warning("new secret %s for %s", SECRET, Holder("ada", SECRET))
    assert CLEAR not in caplog.text and "••••" in caplog.text


def test_the_traceback_of_an_error_which_names_a_secret_holds_dots() -> None:
    try:
        raise ValueError("cannot use", SECRET)
    except ValueError as error:
        shown = "".join(traceback.format_exception(error)) + repr(error)
    assert CLEAR not in shown


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_cannot_enter_a_cache_or_a_session(protocol: int) -> None:
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(SECRET, protocol)


def test_a_secret_cannot_enter_json() -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        json.dumps({"password": SECRET})


def test_a_secret_is_not_copied_behind_our_back() -> None:
    for take in (copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            take(SECRET)
    with pytest.raises(TypeError):
        asdict(Holder("ada", SECRET))


def test_a_secret_has_no_dictionary_to_look_into() -> None:
    assert not hasattr(SECRET, "__dict__")


@given(st.text(), st.text())
def test_two_secrets_are_equal_when_their_texts_are_and_only_then(one: str, other: str) -> None:
    assert (Secret(one) == Secret(other)) is (one == other)
    assert (hash(Secret(one)) == hash(Secret(other))) or one != other
    assert len(Secret(one)) == len(one) and Secret(one).reveal() == one


def test_a_secret_never_equals_its_own_text() -> None:
    assert SECRET != CLEAR
