"""What can be decided, what a standard says against it, and where a value in force comes from."""

from dataclasses import asdict, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linekey.domain import password_rules, policy_table
from linekey.domain.errors import Malformed
from linekey.domain.policy import Policy, explain, inherit
from linekey.domain.policy_table import PRESETS, TABLE, Choice, Whole, read, text_of

SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        name: (
            st.sampled_from([option.value for option in entry.options])
            if isinstance(entry, Choice)
            else st.integers(entry.least, entry.most)
        )
        for name, entry in TABLE.items()
    },
)
EVERY_CHOICE = [
    (name, option) for name, entry in TABLE.items() if isinstance(entry, Choice) for option in entry.options
]


def test_every_value_of_a_policy_can_be_decided_and_says_what_it_means() -> None:
    assert set(TABLE) == {item.name for item in fields(Policy)}
    for entry in TABLE.values():
        assert entry.title and entry.meaning.endswith(".")


@pytest.mark.parametrize(("name", "option"), EVERY_CHOICE)
def test_what_a_page_offers_is_read_back_as_it_is_kept(name: str, option: policy_table.Option) -> None:
    assert read(name, option.code) == option.value
    assert asdict(inherit([{name: option.value}]))[name] == option.value
    assert TABLE[name].titled(option.value) == option.title


@pytest.mark.parametrize("name", [name for name, entry in TABLE.items() if isinstance(entry, Whole)])
def test_a_number_is_read_between_its_bounds_and_nowhere_else(name: str) -> None:
    entry = TABLE[name]
    assert isinstance(entry, Whole)
    assert read(name, str(entry.least)) == entry.least and read(name, str(entry.most)) == entry.most
    assert entry.titled(entry.most) == str(entry.most)
    for text in (str(entry.least - 1), str(entry.most + 1), "", "x", "1e1", "٣", "-1", "9" * 5000, " 5"):
        with pytest.raises(Malformed) as refusal:
            read(name, text)
        assert refusal.value.values["field"] == name


@pytest.mark.parametrize("name", [name for name, entry in TABLE.items() if isinstance(entry, Choice)])
@pytest.mark.parametrize("text", ["", "pigeon", "True", "1", "\0"])
def test_a_choice_there_is_not_is_named(name: str, text: str) -> None:
    with pytest.raises(Malformed) as refusal:
        read(name, text)
    assert refusal.value.values["field"] == name


def test_a_value_no_policy_has_is_refused() -> None:
    with pytest.raises(Malformed) as refusal:
        read("p" * 500, "yes")
    assert refusal.value.values["field"] == "p" * 60


@pytest.mark.parametrize(
    ("name", "value", "source"),
    [
        ("pppoe_delivery", "mail", "OWASP"),
        ("security_question", True, "NIST"),
        ("member_reset", "typed", "6.4.6"),
        ("member_reset", "mail", "6.4.1"),
        ("sip_rules", "legacy", "NIST"),
        ("portal_rules", "portal_legacy", "ANSSI"),
        ("sign_in_code", "never", "ASVS"),
        ("case_wait_hours", 0, "wait"),
    ],
)
def test_a_habit_that_contradicts_a_standard_says_so(name: str, value: str | bool | int, source: str) -> None:
    assert source in TABLE[name].caution_of(value)
    assert TABLE[name].cautions[value] == TABLE[name].caution_of(value)


def test_nothing_speaks_against_the_values_a_new_operator_has_but_one() -> None:
    """The rules of lines are those of the help pages people know, and say what is wrong with them."""
    against = {name for name, value in asdict(Policy()).items() if TABLE[name].caution_of(value)}
    assert against == {"sip_rules"}


@pytest.mark.parametrize("preset", ["anssi", "nist", "legacy"])
def test_a_preset_decides_everything_with_values_there_are(preset: str) -> None:
    assert set(PRESETS[preset]) == set(TABLE)
    for name, value in PRESETS[preset].items():
        assert read(name, text_of(value)) == value
    assert PRESETS[preset]["sip_rules"] in password_rules.PRESETS
    assert PRESETS[preset]["portal_rules"] in password_rules.PRESETS


@pytest.mark.parametrize("preset", ["anssi", "nist"])
def test_nothing_speaks_against_the_presets_of_the_standards(preset: str) -> None:
    assert not [name for name, value in PRESETS[preset].items() if TABLE[name].caution_of(value)]


@given(st.lists(SETTINGS, min_size=1, max_size=4))
def test_each_value_is_explained_by_whoever_decided_it_last(layers: list[dict[str, object]]) -> None:
    told = explain(enumerate(layers))
    assert {name: held.value for name, held in told.items()} == asdict(inherit(layers))
    for name, held in told.items():
        deciding = [number for number, layer in enumerate(layers) if name in layer]
        assert held.decided_by == (deciding[-1] if deciding else None)


@given(st.lists(SETTINGS, min_size=1, max_size=3), SETTINGS, st.sampled_from(sorted(TABLE)))
def test_what_is_decided_lower_wins_and_what_is_cleared_inherits(
    above: list[dict[str, object]], own: dict[str, object], name: str
) -> None:
    assert {**asdict(inherit(above)), **own} == asdict(inherit([*above, own]))
    cleared = {other: value for other, value in own.items() if other != name}
    assert asdict(inherit([*above, cleared]))[name] == asdict(inherit(above))[name]
