"""The table of what can be set on a service, and how a value is read (CTX-3, CTX-4)."""

import pytest

from linekey.domain import licences
from linekey.domain.errors import Malformed, SettingNotOffered
from linekey.domain.licences import SETTINGS, Block, Licence, Shape

EVERYWHERE = {"admin", "name", "company_contact"}
WITH_CALLS = EVERYWHERE | {"restriction", "outside_plan_refused", "number_presented", "fax2mail_number"}
OFFERED = {
    Licence.NONE: {"name"},
    Licence.MENU: EVERYWHERE,
    Licence.FAX: WITH_CALLS,
    Licence.SIMPLE: WITH_CALLS | {"emergency_number", "receptionist", "supervisor"},
}


@pytest.mark.parametrize("licence", Licence)
@pytest.mark.parametrize("code", [*SETTINGS, "reference", "pk", "", "x" * 5000])
def test_what_a_kind_of_licence_has_not_is_set_on_none(licence: Licence, code: str) -> None:
    if code in OFFERED[licence]:
        assert licences.editable(code, licence).code == code
        return
    with pytest.raises(SettingNotOffered) as refused:
        licences.editable(code, licence)
    assert len(str(refused.value.values["field"])) <= 80


def test_the_softphone_is_contracted_and_not_set_here() -> None:
    assert Licence.SIMPLE in SETTINGS["accession"].had_by and not SETTINGS["accession"].editable


def test_every_block_has_the_settings_of_the_row_in_its_order() -> None:
    by_block = {block: [code for code, each in SETTINGS.items() if each.block is block] for block in Block}
    assert by_block == {
        Block.INFORMATION: ["admin", "name", "company_contact", "emergency_number", "accession"],
        Block.RESTRICTIONS: ["restriction", "outside_plan_refused"],
        Block.OPTIONS: ["number_presented", "receptionist", "fax2mail_number", "supervisor"],
    }


@pytest.mark.parametrize(
    ("code", "typed", "kept"),
    [
        ("name", "  Poste   9 ", "Poste 9"),
        ("name", "Utilisateur FaxToMail Entr. - 1", "Utilisateur FaxToMail Entr. - 1"),
        ("name", "\u212bsa", "Åsa"),
        ("company_contact", "", ""),
        ("company_contact", "Bruno Carpentier", "Bruno Carpentier"),
        ("emergency_number", "01 84 78 01 17", "+33184780117"),
        ("emergency_number", "+33\u00a01\u00a084\u00a078\u00a001\u00a017", "+33184780117"),
        ("emergency_number", "0033184780117", "+33184780117"),
        ("emergency_number", "  ", ""),
        ("number_presented", "+32 2 555 12 12", "+3225551212"),
        ("admin", "yes", "yes"),
        ("receptionist", "no", "no"),
        ("restriction", "premium", "premium"),
    ],
)
def test_a_value_is_kept_in_one_spelling(code: str, typed: str, kept: str) -> None:
    assert licences.read(SETTINGS[code], typed) == kept
    assert licences.read(SETTINGS[code], kept) == kept


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "x" * 81),
        ("name", "visit evil.example"),
        ("name", "a\0b"),
        ("name", "a\ud800b"),
        ("name", "<script>"),
        ("company_contact", "a\nb"),
        ("emergency_number", "112"),
        ("emergency_number", "poste"),
        ("emergency_number", "01 84 78 01 17 01 84 78"),
        ("number_presented", "\0"),
        ("fax2mail_number", "+"),
        ("admin", ""),
        ("admin", "true"),
        ("restriction", ""),
        ("restriction", "everything"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(code: str, typed: str) -> None:
    with pytest.raises(Malformed) as refused:
        licences.read(SETTINGS[code], typed)
    assert refused.value.values["field"] == code


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [
        ("admin", "yes", "yes"),
        ("number_presented", "", "none"),
        ("number_presented", "+33184780117", "+33184780117"),
        ("restriction", "none", "No restriction"),
        ("restriction", "of before", "of before"),
        ("name", "Accueil", "Accueil"),
    ],
)
def test_a_value_is_told_in_words(code: str, value: str, said: str) -> None:
    assert licences.told(SETTINGS[code], value) == said


def test_every_choice_has_words() -> None:
    choices = [each for each in SETTINGS.values() if each.shape is Shape.CHOICE]
    assert [each.code for each in choices] == ["restriction"] and all(licences.RESTRICTIONS.values())
