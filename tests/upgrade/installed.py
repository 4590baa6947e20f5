"""Run by the old program: `python -m tests.upgrade.installed LINES` makes its tables and some lines of Ada's.

Prints, as JSON, the secret of a key which may do whatever Ada may, and the references of the lines.
"""

import json
import sys

import django


def main(count: int) -> None:
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from tests.api.programs import key_of
    from tests.build import build_cast, sip_line

    call_command("migrate", verbosity=0)
    now = timezone.now()
    cast = build_cast(now)
    lines = [f"00339720{number:05d}" for number in range(20_000, 20_000 + count)]
    for line in lines:
        sip_line(line, cast.lumen, now, owner=cast.ada)
    sys.stdout.write(json.dumps({"bearer": key_of(cast.ada).secret.reveal(), "lines": lines}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
