"""Open the documents of support cases, and nothing else: the one seal whose content a person reads.

Whoever calls writes the reading down. Everything else that is sealed is opened by `enact` alone.
"""

from linekey.vault.unseal import Sealed, unseal

PLACE = "case_document:"
"""What seals of documents are bound to begins with it."""


def open_document(sealed: Sealed, place: str) -> bytes:
    """The file as it was sent.

    Raises ValueError for the seal of anything but a document, InvalidTag when it was moved or altered.
    """
    if not place.startswith(PLACE):
        raise ValueError("only documents of cases are opened here")
    return unseal(sealed, place)
