"""What needs attention, and refused logins."""

from linekey.cli.commands import Command, Option

HEALTH = (
    Command(
        "health show",
        "GET /api/v1/health",
        "what needs attention, the worst first",
        rows="worst",
        columns=("what", "since", "reference", "name", "customer_id"),
    ),
    Command(
        "health list",
        "GET /api/v1/health/attention",
        "all that needs one kind of attention",
        query=(Option("kind", "attacked, stopped, away, old… ; see the reference"),),
        rows="items",
        columns=("what", "since", "reference", "name", "organisation", "customer_id"),
    ),
    Command(
        "health failed-logins",
        "GET /api/v1/services/{reference}/failed-logins",
        "refused logins of a service within thirty days, by source",
        rows="sources",
        columns=("source", "agent", "count", "last_at"),
    ),
)
