"""The words of `linekey import`. Errors of usage leave with status 2, as argparse does it."""

import argparse

from linekey.domain.imported import Trust

DESCRIPTION = """
Take an existing installation over row by row, cutting nobody. With --dry-run nothing is written, and the
report says of each row what would become of it.
"""
EPILOG = """
The address of a database may hold a password, and every user of the machine sees command lines. --from takes
env:NAME (or NAME_FILE), file:PATH, ask (typed unseen), or an address without a password; left out, it is the
store which this Linekey is set up with.

Exit status: 0 every row is known now, 1 some were refused or conflict, 2 usage, 3 not allowed, 5 unreachable.
"""


def parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--dry-run", action="store_true", help="write nothing; tell what would become of each row"
    )
    common.add_argument("--organisation", default="", metavar="REFERENCE", help="whose the services are")
    common.add_argument(
        "--report", default="", metavar="FILE", help="write what became of each row there, as CSV"
    )
    common.add_argument("--json", action="store_true", help="tell the sums as JSON")
    common.add_argument("--as", dest="actor", default="", metavar="CUSTOMER-ID", help="who answers for it")
    common.add_argument(
        "--trust",
        choices=[trust.value for trust in Trust],
        default=Trust.NEITHER.value,
        help="the column the registrar reads, where password and ha1 differ (default: refuse such rows)",
    )
    parser = argparse.ArgumentParser(
        prog="linekey import",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = parser.add_subparsers(dest="what", required=True, metavar="kamailio|radius|csv")
    for name, table in (("kamailio", "subscriber"), ("radius", "radcheck")):
        told = f"the lines of a table {table}" if name == "kamailio" else f"the logins of a table {table}"
        kind = kinds.add_parser(
            name,
            parents=[common],
            help=told,
            epilog=EPILOG,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        kind.add_argument(
            "--from", dest="source", default="", metavar="WHERE", help="the database, see below"
        )
        kind.add_argument(
            "--details", default="", metavar="FILE", help="CSV that says of each name whose it is, and more"
        )
    file = kinds.add_parser("csv", parents=[common], help="lines and logins of a file")
    file.add_argument("file", metavar="FILE")
    file.add_argument("--domain", default="", help="domain of the lines, where the file has no such column")
    return parser
