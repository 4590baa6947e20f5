"""`linekey verify-audit [--chain N]`: what was done to the audit trail, one line each; 0 when nothing was.

Reads everything, and may run beside the rest. `--public-keys` prints what an outsider verifies by.
"""

import argparse
import json
import sys
from collections.abc import Sequence

from django.utils import timezone

from linekey.usecases import verify_audit
from linekey.vault import signing


def main(argv: Sequence[str] = ()) -> int:
    asked = _parser().parse_args(list(argv))
    if asked.public_keys:
        sys.stdout.write(f"{json.dumps(signing.public_keys(), indent=2)}\n")
        return 0
    faults = notes = 0
    for finding in verify_audit.verify(now=timezone.now(), only=asked.chain):
        faults, notes = faults + (not finding.is_note), notes + finding.is_note
        words = finding.sentence % {"first": finding.first, "last": finding.last}
        sort = "note" if finding.is_note else "FAULT"
        sys.stdout.write(f"{sort}  organisation {finding.chain}: {words} [{finding.code}]\n")
    told = "The audit trail is not as it was sealed." if faults else "The audit trail is as it was sealed."
    sys.stdout.write(f"{told} {faults} faults, {notes} notes.\n")
    return 1 if faults else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="linekey verify-audit", description=__doc__)
    parser.add_argument("--chain", type=int, help="only the chain of this organisation, by its number")
    parser.add_argument(
        "--public-keys", action="store_true", help="print the public keys, and verify nothing"
    )
    return parser
