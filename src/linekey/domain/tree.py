"""Operator › reseller › customer: which organisation opens which, and what its books may call it."""

import re
import unicodedata
from enum import StrEnum

from linekey.domain.errors import N_, Malformed


class OrganisationKind(StrEnum):
    OPERATOR = "operator"
    RESELLER = "reseller"
    CUSTOMER = "customer"


OPENS: dict[OrganisationKind, tuple[OrganisationKind, ...]] = {
    OrganisationKind.OPERATOR: (OrganisationKind.RESELLER, OrganisationKind.CUSTOMER),
    OrganisationKind.RESELLER: (OrganisationKind.CUSTOMER,),
    OrganisationKind.CUSTOMER: (),
}
"""What may stand directly under each. A customer has sites instead."""

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")


def read_reference(typed: str) -> str:
    """`CLI-00042`, or nothing (« Réf. du client », CTX-1). Raises Malformed."""
    reference = unicodedata.normalize("NFKC", typed).strip()
    if reference and not _REFERENCE.fullmatch(reference):
        raise Malformed(
            field="reference", why=N_("write it with letters without accents, digits and . _ / -, 40 at most")
        )
    return reference


def path_of(parent_path: str, pk: int) -> str:
    """`1.4.9.`: every part ends with a dot, so that 4 is no prefix of 40."""
    return f"{parent_path}{pk}."


def lineage(path: str) -> list[int]:
    """Identifiers from the operator down to the organisation itself."""
    return [int(part) for part in path.rstrip(".").split(".")]
