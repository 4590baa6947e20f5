"""A wrong setting stops the start, with a sentence that names the variable and never shows a secret."""

from pathlib import Path

import pytest

from linekey.config import env


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LINEKEY_X", "LINEKEY_X_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_a_missing_variable_without_default_is_named() -> None:
    with pytest.raises(env.BadSetting, match="LINEKEY_X is not set"):
        env.text("LINEKEY_X")


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINEKEY_X", "  ")
    assert env.text("LINEKEY_X", "default") == "default"


@pytest.mark.parametrize("value", ["ten", "1.5", "0x10"])
def test_what_is_no_whole_number_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LINEKEY_X", value)
    with pytest.raises(env.BadSetting, match=r"LINEKEY_X is '.*'; it must be a whole number"):
        env.integer("LINEKEY_X")


@pytest.mark.parametrize("value", ["0", "65536", "-1"])
def test_a_port_is_between_1_and_65535(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LINEKEY_X", value)
    with pytest.raises(env.BadSetting, match="LINEKEY_X"):
        env.port("LINEKEY_X", 8000)


@pytest.mark.parametrize(("value", "meaning"), [("1", True), ("Yes", True), ("off", False), ("FALSE", False)])
def test_a_flag_is_understood_as_people_write_it(
    monkeypatch: pytest.MonkeyPatch, value: str, meaning: bool
) -> None:
    monkeypatch.setenv("LINEKEY_X", value)
    assert env.flag("LINEKEY_X", not meaning) is meaning


def test_a_flag_that_says_neither_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINEKEY_X", "maybe")
    with pytest.raises(env.BadSetting, match="LINEKEY_X"):
        env.flag("LINEKEY_X", True)


def test_an_unknown_choice_is_refused_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINEKEY_X", "green")
    with pytest.raises(env.BadSetting, match="it can be red, blue"):
        env.choice("LINEKEY_X", ("red", "blue"), "red")


def test_a_list_drops_its_empty_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINEKEY_X", "a, b,,c ,")
    assert env.items("LINEKEY_X") == ["a", "b", "c"]


def test_pairs_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINEKEY_X", "ftth=100, vdsl = 35,")
    assert env.pairs("LINEKEY_X") == {"ftth": "100", "vdsl": "35"}


@pytest.mark.parametrize("value", ["ftth", "ftth=", "=100"])
def test_half_a_pair_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LINEKEY_X", value)
    with pytest.raises(env.BadSetting, match=r"LINEKEY_X holds .* each entry must be key=value"):
        env.pairs("LINEKEY_X")


def test_a_path_is_absolute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINEKEY_X", "var")
    assert env.path("LINEKEY_X") == Path.cwd() / "var"


def test_a_secret_can_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("correct horse\n")
    monkeypatch.setenv("LINEKEY_X_FILE", str(tmp_path / "secret"))
    assert env.secret("LINEKEY_X") == "correct horse"


def test_a_secret_given_twice_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("correct horse")
    monkeypatch.setenv("LINEKEY_X_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("LINEKEY_X", "battery staple")
    with pytest.raises(env.BadSetting, match="both set") as refused:
        env.secret("LINEKEY_X")
    assert "horse" not in str(refused.value)
    assert "staple" not in str(refused.value)


@pytest.mark.parametrize("content", [None, ""])
def test_a_secret_file_that_gives_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "secret").write_text(content)
    monkeypatch.setenv("LINEKEY_X_FILE", str(tmp_path / "secret"))
    with pytest.raises(env.BadSetting, match="LINEKEY_X_FILE"):
        env.secret("LINEKEY_X", "default")
