"""Where a person can be reached: how a new address is shown, and which change makes sense."""

import pytest

from linekey.domain.contacts import Contact, masked, require_change
from linekey.domain.errors import Malformed

HELD = {Contact.EMAIL: "ada@example.org", Contact.BACKUP: "lou@example.net", Contact.PHONE: "+33612345678"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("ada.lemoine@example.org", "a••@example.org"),
        ("+33612345678", "+33 •••• 78"),
        ("", ""),
    ],
)
def test_a_masked_value_is_recognised_by_its_owner_alone(value: str, shown: str) -> None:
    assert masked(value) == shown


@pytest.mark.parametrize(
    ("contact", "new", "answered"),
    [
        (Contact.EMAIL, "ada@example.org", True),
        (Contact.EMAIL, "lou@example.net", False),
        (Contact.BACKUP, "lou@example.net", True),
        (Contact.BACKUP, "ada@example.org", True),
        (Contact.PHONE, "+33612345678", True),
    ],
)
def test_a_change_to_what_one_has_is_none(contact: Contact, new: str, answered: bool) -> None:
    with pytest.raises(Malformed) as refusal:
        require_change(contact, new, held=HELD, answered=answered)
    assert refusal.value.values["field"] == contact.value


@pytest.mark.parametrize("contact", Contact)
def test_what_never_answered_may_be_asked_again(contact: Contact) -> None:
    require_change(contact, HELD[contact], held=HELD, answered=False)
    require_change(contact, "eve@example.com", held=HELD, answered=True)
