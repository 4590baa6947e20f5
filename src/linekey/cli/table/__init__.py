"""Every command, in the order of the help. A test compares them with the OpenAPI document."""

from linekey.cli.commands import Command
from linekey.cli.table.audit import AUDIT
from linekey.cli.table.cases import CASES
from linekey.cli.table.members import MEMBERS
from linekey.cli.table.organisations import ORGANISATIONS, POLICY
from linekey.cli.table.services import SERVICES

WHO = Command("whoami", "GET /api/v1/me", "whom the key acts as, and what it includes")
COMMANDS: tuple[Command, ...] = (
    WHO,
    *SERVICES,
    *MEMBERS,
    *CASES,
    *AUDIT,
    *ORGANISATIONS,
    *POLICY,
)
