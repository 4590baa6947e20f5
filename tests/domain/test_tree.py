"""Operator › reseller › customer: what stands under what, what it is called, and whom one appoints there."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linekey.domain import names
from linekey.domain.access import MAY_GIVE, MEMBERS_OF, Actor, Role, roles_to_give
from linekey.domain.errors import Malformed
from linekey.domain.tree import OPENS, OrganisationKind, lineage, path_of, read_reference

OPERATOR, RESELLER, CUSTOMER = OrganisationKind


def test_a_reseller_opens_customers_and_a_customer_nobody() -> None:
    assert OPENS == {OPERATOR: (RESELLER, CUSTOMER), RESELLER: (CUSTOMER,), CUSTOMER: ()}


@pytest.mark.parametrize("typed", ["CLI-00042", "a", "x" * 40, "2026/17", "A.b_c", ""])
def test_a_reference_is_kept_as_the_books_write_it(typed: str) -> None:
    assert read_reference(f" {typed} ") == typed


@pytest.mark.parametrize("typed", ["x" * 41, "-1", "a b", "é", "a\0", "<b>", "a\nb", "\ud800", "a;b"])
def test_what_no_book_writes_is_no_reference(typed: str) -> None:
    with pytest.raises(Malformed) as refusal:
        read_reference(typed)
    assert refusal.value.values["field"] == "reference"


@given(st.lists(st.integers(1, 2**63 - 1), min_size=1, max_size=4))
def test_a_path_is_read_back_as_it_was_made(numbers: list[int]) -> None:
    path = ""
    for number in numbers:
        path = path_of(path, number)
    assert lineage(path) == numbers


@pytest.mark.parametrize(
    "typed", ["Verne & Filles", "Paris 12e / siège", "S.A.R.L. Dupré", "D’Arc (Lyon)", "Nord – Est", "N° 5"]
)
def test_a_firm_is_called_what_it_calls_itself(typed: str) -> None:
    assert names.read_firm(f"  {typed} ", field="name") == typed


@pytest.mark.parametrize(
    "typed",
    ["", "12", "evil.example", "http://evil", "<b>", "a\0b", "a\u202eb", "x" * 81, "a;b", "\ud800", "&"],
)
def test_a_firm_is_not_called_an_address_or_markup(typed: str) -> None:
    """Its name stands in mails to people who do not know it."""
    with pytest.raises(Malformed) as refusal:
        names.read_firm(typed, field="site")
    assert refusal.value.values["field"] == "site"


@pytest.mark.parametrize(("role", "kind"), list(product(Role, OrganisationKind)))
def test_whoever_opens_organisations_appoints_there_and_nobody_else_does(
    role: Role, kind: OrganisationKind
) -> None:
    somebody = Actor(person_id=7, customer_id="bc23456-lk", role=role, path="1.4.")
    assert roles_to_give(somebody, path="1.4.", kind=kind) == MAY_GIVE.get(role, frozenset())
    below = roles_to_give(somebody, path="1.4.9.", kind=kind)
    assert below == (MEMBERS_OF[kind] if role in (Role.RESELLER, Role.OPERATOR_ADMIN) else frozenset())
    for elsewhere in ("1.", "1.5.", "1.40.", "1.40.9."):
        assert roles_to_give(somebody, path=elsewhere, kind=kind) == frozenset()


def test_nobody_becomes_staff_of_the_operator_in_a_company() -> None:
    for kind in (RESELLER, CUSTOMER):
        assert not MEMBERS_OF[kind] & {Role.SUPPORT_AGENT, Role.OPERATOR_ADMIN}
    assert Role.RESELLER not in MEMBERS_OF[CUSTOMER]
