"""`python -m tests.docs`: write the tables of docs/reference anew from the code."""

import os
import tempfile

import django


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="linekey-docs-") as home:
        os.environ |= {"LINEKEY_HOME": home, "DJANGO_SETTINGS_MODULE": "linekey.config.settings"}
        django.setup()
        # Settings are read at import: the home must be ours before.
        from tests.docs import tables

        tables.write_all()


if __name__ == "__main__":
    main()
