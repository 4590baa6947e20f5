import pytest

from linekey.domain.access import Scope
from tests.api.programs import Program, key_of
from tests.build import Cast
from tests.laws.conftest import committed, in_threads

__all__ = ["committed", "in_threads"]


@pytest.fixture
def ada(cast: Cast) -> Program:
    """A program of Ada's with a token, which may do everything she may."""
    return Program.with_token(key_of(cast.ada))


@pytest.fixture
def reader(cast: Cast) -> Program:
    return Program.with_token(key_of(cast.ada, {Scope.READ}))


@pytest.fixture
def chen(cast: Cast) -> Program:
    """A program of the reseller's."""
    return Program.with_token(key_of(cast.chen))
