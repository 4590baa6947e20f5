"""What an import says of each row: its outcome, why it is not taken over, what to know about one that is.

Sentences are English and are translated by the door that shows them; `%(name)s` places take the values of
`Unfit` or `Told`. A code never changes once published: reports are read by scripts.
"""

from collections.abc import Mapping
from enum import StrEnum

from linekey.domain.errors import N_, ManagedByPhone


class Outcome(StrEnum):
    NEW = "new"
    """A service the desk did not know: it does now."""
    SAME = "same"
    """The desk knows the service and the secret: nothing changes."""
    CHANGED = "changed"
    """The desk knew the service, and now knows the secret the element accepts."""
    CONFLICT = "conflict"
    """The desk says otherwise, and is not overruled: a person must look."""
    REFUSED = "refused"
    """The row cannot be understood, or says something that must not be taken over."""


class Reason(StrEnum):
    UNREADABLE = "unreadable"
    FORMULA = "formula"
    TOO_LONG = "too_long"
    NO_NAME = "no_name"
    TWO_NAMES = "two_names"
    BAD_NAME = "bad_name"
    NO_DOMAIN = "no_domain"
    TWICE = "twice"
    ALIKE = "alike"
    NO_PASSWORD = "no_password"  # noqa: S105 - the code of a reason
    TWO_PASSWORDS = "two_passwords"
    NOT_A_DIGEST = "not_a_digest"
    SHA256 = "sha256"
    COMPARED = "compared"
    EXPANDED = "expanded"
    ESCAPED = "escaped"
    IN_GROUP = "in_group"
    MANAGED = "managed_by_phone"
    BAD_NUMBER = "bad_number"
    BAD_REFERENCE = "bad_reference"
    BAD_TECHNOLOGY = "bad_technology"
    NO_ORGANISATION = "no_organisation"
    UNKNOWN_ORGANISATION = "unknown_organisation"
    SEVERAL_ORGANISATIONS = "several_organisations"
    UNKNOWN_OWNER = "unknown_owner"
    TAKEN = "taken"
    ELSEWHERE = "elsewhere"
    REFERENCE_TAKEN = "reference_taken"
    PENDING = "pending"
    NEWER = "newer"
    RETIRED = "retired"


SENTENCES: Mapping[Reason, str] = {
    Reason.UNREADABLE: N_("The row holds characters that cannot be read. Save the file as UTF-8."),
    Reason.FORMULA: N_("“%(field)s” begins like a formula of a spreadsheet. Write it as text."),
    Reason.TOO_LONG: N_("“%(field)s” has more than %(most)d characters. Shorten it."),
    Reason.NO_NAME: N_("The row names no line and no login. Fill one of them in."),
    Reason.TWO_NAMES: N_("The row names a line and a login. Make two rows of it."),
    Reason.BAD_NAME: N_(
        "The element cannot look “%(name)s” up: such a name never logs in. Correct or drop it."
    ),
    Reason.NO_DOMAIN: N_("The line has no domain, which is part of its digest. Fill the domain in."),
    Reason.TWICE: N_("The row says again what %(first)s says. Keep one of them."),
    Reason.ALIKE: N_("The database takes “%(name)s” and “%(other)s” for one name. Keep one of them."),
    Reason.NO_PASSWORD: N_("The row holds no password: nobody can log in with it today."),
    Reason.TWO_PASSWORDS: N_(
        "The row holds two passwords that differ. Say which one the element reads, or remove the other."
    ),
    Reason.NOT_A_DIGEST: N_("The digest is not 32 hexadecimal digits: the element cannot compare with it."),
    Reason.SHA256: N_(
        "The digest is SHA-256. Linekey writes MD5 digests, which this registrar would refuse."
    ),
    Reason.COMPARED: N_("The operator of the password is %(op)s, by which nobody can log in. Set it to :=."),
    Reason.EXPANDED: N_("The value is in back-quotes: FreeRADIUS runs it. Remove the row."),
    Reason.ESCAPED: N_("The value holds an escape that FreeRADIUS versions read differently. Write it anew."),
    Reason.IN_GROUP: N_("The password stands in a group, for everybody in it. Give the login its own."),
    Reason.MANAGED: ManagedByPhone.sentence,
    Reason.BAD_NUMBER: N_("“%(number)s” is no phone number."),
    Reason.BAD_REFERENCE: N_("“%(reference)s” cannot be a reference: letters, digits and . _ @ + - only."),
    Reason.BAD_TECHNOLOGY: N_("“%(technology)s” is no technology: adsl, vdsl, sdsl, ftth or ftte."),
    Reason.NO_ORGANISATION: N_("Nothing says whose service it is. Name a customer, for all rows or in each."),
    Reason.UNKNOWN_ORGANISATION: N_("There is no customer “%(organisation)s” among those you look after."),
    Reason.SEVERAL_ORGANISATIONS: N_(
        "Several customers have the reference “%(organisation)s”. Write a number: #12."
    ),
    Reason.UNKNOWN_OWNER: N_("Nobody of this customer has the address “%(owner)s”."),
    Reason.TAKEN: N_("The name is taken by a service that is not yours."),
    Reason.ELSEWHERE: N_("The service belongs to another customer already: %(organisation)s."),
    Reason.REFERENCE_TAKEN: N_(
        "Another service has the reference “%(reference)s”. Give the row one of its own."
    ),
    Reason.PENDING: N_("A change of this service is on its way to the element. Import it again afterwards."),
    Reason.NEWER: N_(
        "Linekey made a newer password, and the element holds another one. Reset it in Linekey to be sure."
    ),
    Reason.RETIRED: N_(
        "The password was retired in Linekey, and the element holds one all the same. Retire it again."
    ),
}


class Note(StrEnum):
    """What whoever imported should know about a row that was taken."""

    CLEAR_TEXT = "clear_text"
    CAPITALS = "capitals"
    NO_DOMAIN_DIGEST = "no_domain_digest"
    ELEMENT_ONLY = "element_only"


NOTES: Mapping[Note, str] = {
    Note.CLEAR_TEXT: N_("The password stood there in clear. Empty that column once everything is imported."),
    Note.CAPITALS: N_(
        "The digest is in capitals, which the registrar cannot match: the line cannot register."
    ),
    Note.NO_DOMAIN_DIGEST: N_(
        "There is no digest for phones that send user@domain: none of those can register."
    ),
    Note.ELEMENT_ONLY: N_(
        "Only the element knows the password. The first new one replaces it, and cannot spare a cut."
    ),
}


class Unfit(Exception):
    """Why a row is not taken over; `values` fill the places of the sentence."""

    def __init__(self, reason: Reason, **values: object) -> None:
        super().__init__(reason.value)
        self.reason, self.values = reason, values
