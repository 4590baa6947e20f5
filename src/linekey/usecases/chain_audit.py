"""Give what was committed its place in the chains, sign them, and write each checkpoint outside the database.

The worker's own errand: nobody asks for it, and several workers may try at once.
"""

from datetime import datetime
from functools import cache

from linekey.domain.trail import moment, signed_words
from linekey.records import chain
from linekey.records.models import AuditChain, AuditCheckpoint
from linekey.vault import anchor, signing
from linekey.vault.anchor import Line

BATCH = 1000
"""Entries in one transaction: on SQLite whoever writes waits for it, some hundredths of a second."""
LINES = 1000


def chain_audit(*, now: datetime) -> int:
    """How many entries were given their place. Raises OSError when the anchor file cannot be written.

    What was signed by then stays signed, and is written into the file by a later pass.
    """
    done = 0
    while sealed := chain.seal_waiting(BATCH):
        done += sealed
    _sign(now)
    while checkpoints := chain.to_anchor(LINES):
        # First the file, then the note: after a crash between them a line stands there twice.
        anchor.append(line_of(each) for each in checkpoints)
        chain.anchored(checkpoints, now)
    return done


def line_of(checkpoint: AuditCheckpoint) -> Line:
    return Line(
        chain=checkpoint.chain,
        number=checkpoint.number,
        digest=checkpoint.digest,
        at=moment(checkpoint.at),
        key=checkpoint.key_id,
        signature=checkpoint.signature,
    )


def _sign(now: datetime) -> None:
    signer = cache(signing.signer)  # Opened only when there is something to sign.

    def sign(head: AuditChain) -> tuple[str, str]:
        key = signer().key
        words = signed_words(chain=head.chain, number=head.number, digest=head.digest, at=now, key=key)
        return key, signer().sign(words)

    while chain.sign_due(sign, now):
        continue  # As many at a time as one transaction should hold.
