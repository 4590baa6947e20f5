from pathlib import Path

import pytest

from linekey.domain.access import Scope
from tests.api.programs import key_of
from tests.build import Cast
from tests.cli.shell import URL, Shell


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home of its own, and nothing in the environment."""
    for name in ("LINEKEY_URL", "LINEKEY_KEY_ID", "LINEKEY_KEY_SECRET", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def ada(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Ada's shell, with a key of hers that includes everything."""
    return _signed_in(key_of(cast.ada).secret.reveal(), monkeypatch)


@pytest.fixture
def chen(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return _signed_in(key_of(cast.chen).secret.reveal(), monkeypatch)


@pytest.fixture
def reader(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Ada's, whose key only reads."""
    return _signed_in(key_of(cast.ada, {Scope.READ}).secret.reveal(), monkeypatch)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Signed in to a server which is not ours: hand it a transport."""
    return _signed_in("lksk_" + "A" * 43, monkeypatch)


def _signed_in(secret: str, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("LINEKEY_URL", URL)
    monkeypatch.setenv("LINEKEY_KEY_SECRET", secret)
    return Shell()
