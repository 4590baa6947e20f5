"""Languages a person can be written to in."""

import pytest
from django.conf import settings

from linekey.delivery.letters import LANGUAGES
from linekey.domain.errors import Malformed
from linekey.domain.languages import SPOKEN, require_spoken


def test_pages_and_letters_speak_the_languages_one_can_choose() -> None:
    assert SPOKEN == LANGUAGES == tuple(code for code, _ in settings.LANGUAGES)


@pytest.mark.parametrize("language", ["", "de", "FR", "fr\0"])
def test_another_language_cannot_be_chosen(language: str) -> None:
    with pytest.raises(Malformed):
        require_spoken(language)
