"""Every command, in the order of the help. A test compares them with the OpenAPI document."""

from linekey.cli.commands import Command
from linekey.cli.table.audit import AUDIT
from linekey.cli.table.campaigns import CAMPAIGNS
from linekey.cli.table.cases import CASES
from linekey.cli.table.health import HEALTH
from linekey.cli.table.members import MEMBERS
from linekey.cli.table.organisations import ORGANISATIONS, POLICY
from linekey.cli.table.phones import PHONES
from linekey.cli.table.services import SERVICES
from linekey.cli.table.webhooks import WEBHOOKS

WHO = Command("whoami", "GET /api/v1/me", "whom the key acts as, and what it includes")
COMMANDS: tuple[Command, ...] = (
    WHO,
    *SERVICES,
    *MEMBERS,
    *CASES,
    *CAMPAIGNS,
    *PHONES,
    *HEALTH,
    *AUDIT,
    *ORGANISATIONS,
    *POLICY,
    *WEBHOOKS,
)
