"""`python -m bench.bare.fill ROWS PEOPLE`: the tables of the bare project, rows to find, people to let in."""

import sys

PASSWORD = "une longue phrase de portail"


def main(rows: int, people: int) -> None:
    import django

    django.setup()
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.utils import timezone

    from bench.bare.models import Row

    call_command("migrate", run_syncdb=True, verbosity=0)
    encoded = make_password(PASSWORD)
    User.objects.bulk_create(User(username=f"person{each}", password=encoded) for each in range(people))
    Row.objects.bulk_create(
        Row(
            reference=f"row-{each}",
            kind="sip_line",
            name=f"Ligne {each}",
            path="1.2.3.",
            product="SIP-SOLO",
            state="active",
            created_at=timezone.now(),
        )
        for each in range(rows)
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
