import pytest
from pytest_django import Settings

from tests.api_ovh.scripts import BASE, Script, script_of
from tests.build import Cast


@pytest.fixture(autouse=True)
def _addresses(settings: Settings) -> None:
    settings.LINEKEY_OVH_URLS = [BASE, "http://localhost:8000"]
    settings.LINEKEY_PUBLIC_URL = "http://localhost:8000"


@pytest.fixture
def ada(cast: Cast) -> Script:
    """A script of Ada's which may do everything she may."""
    return script_of(cast.ada)
