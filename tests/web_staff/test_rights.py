"""The table of rights is the one the desk obeys."""

import pytest
from django.utils.translation import override

from linekey.domain.access import LOOKS_AFTER, MAY, SCOPE_OF, Action, Role
from linekey.web.staff import rights
from linekey.web.templatetags.desk import role_name
from tests.build import Cast
from tests.web_staff.conftest import Browser


def test_every_action_has_words_and_a_place() -> None:
    placed = [action for _title, actions in rights.GROUPS for action in actions]
    assert sorted(placed) == sorted(Action) and set(rights.TITLES) == set(Action)


@pytest.mark.parametrize("who", ["bruno", "chen", "dina", "olivia"])
def test_every_desk_role_reads_who_may_do_what(cast: Cast, browser: Browser, who: str) -> None:
    person = getattr(cast, who)
    shown = browser(person).get("/droits").context
    rows = {row.title: row for _title, rows in shown["groups"] for row in rows}
    for action in Action:
        row = rows[rights.TITLES[action]]
        assert [may for _role, may, _own in row.cells] == [role in MAY[action] for role in Role]
        assert row.scope == (SCOPE_OF[action].value if action in SCOPE_OF else "")
        assert [own for _role, _may, own in row.cells] == [role.value == person.role for role in Role]


def test_it_says_whom_each_role_looks_after(cast: Cast, browser: Browser) -> None:
    reaches = browser(cast.chen).get("/droits").context["reaches"]
    with override("en"):
        for role, reach in zip(Role, reaches, strict=True):
            assert set(reach.looks_after) == {role_name(other) for other in LOOKS_AFTER[role]}
    chens = reaches[list(Role).index(Role.RESELLER)]
    assert chens.own and chens.opens == ("Customer",)
    assert chens.appoints == ("Subscriber", "Company administrator", "Primary administrator")
