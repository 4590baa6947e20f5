"""Systems which are told of what happens."""

from linekey.cli.commands import Command, Kind, Option

_ALL = "/api/v1/webhooks"
_ONE = f"{_ALL}/{{webhook}}"
_SENT = f"{_ONE}/deliveries"

WEBHOOKS = (
    Command(
        "webhooks list",
        f"GET {_ALL}",
        "the systems which are told of what happens in one's branch",
        rows="webhooks",
        columns=("reference", "name", "url", "organisation", "enabled", "failing_since"),
    ),
    Command("webhooks show", f"GET {_ONE}", "one webhook"),
    Command(
        "webhooks add",
        f"POST {_ALL}",
        "have a system told, and show the secret which signs once",
        once=True,
        body=(
            Option("name", "what the system is called", required=True),
            Option("url", "where events are posted to, beginning with https://", required=True),
            Option("types", "an event it is told of; all without it", Kind.MANY),
        ),
        shown_once="secret",
        done="Added as {reference}.",
    ),
    Command(
        "webhooks renew",
        f"POST {_ONE}/secret",
        "draw a new secret and show it once",
        once=True,
        about=_ONE,
        asks="The secret in force now signs for another 24 hours, beside the new one.",
        shown_once="secret",
    ),
    Command(
        "webhooks test",
        f"POST {_ONE}/test",
        "send a test",
        once=True,
        done="On its way as {delivery}.",
    ),
    Command("webhooks enable", f"PUT {_ONE}/enabled", "send events to it again"),
    Command(
        "webhooks disable",
        f"DELETE {_ONE}/enabled",
        "send it nothing for a while",
        about=_ONE,
        asks="What happens meanwhile is not kept for it.",
    ),
    Command(
        "webhooks remove",
        f"DELETE {_ONE}",
        "take a webhook away, with its secret and its events",
        about=_ONE,
        asks="Its secret and the list of its events are erased. This cannot be undone.",
        done="{reference} was removed.",
    ),
    Command(
        "webhooks sent",
        f"GET {_SENT}",
        "what was sent in the last 30 days, and what was answered",
        rows="deliveries",
        columns=("reference", "type", "state", "attempts", "made_at", "last_status", "last_trouble"),
    ),
    Command("webhooks event", f"GET {_SENT}/{{delivery}}", "one event, as it is sent"),
    Command(
        "webhooks replay",
        f"POST {_SENT}/{{delivery}}/replay",
        "send an event once more",
        once=True,
        done="On its way again.",
    ),
)
