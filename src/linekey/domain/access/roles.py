"""The words of access: who there is, what they may do, by which door, and what a key can be limited to."""

from enum import StrEnum


class Role(StrEnum):
    SUBSCRIBER = "subscriber"
    COMPANY_ADMIN = "company_admin"
    PRIMARY_ADMIN = "primary_admin"
    RESELLER = "reseller"
    SUPPORT_AGENT = "support_agent"
    OPERATOR_ADMIN = "operator_admin"


class Scope(StrEnum):
    """What an access key can be limited to (TEAM-5)."""

    READ = "read"
    """See services and what becomes of a change."""
    CREDENTIALS = "credentials"
    """Change, reset, send and retire the credentials of services."""
    MEMBERS = "members"
    """See and help the people of one's branch."""
    CASES = "cases"
    """Read support cases and work on them."""
    AUDIT = "audit"
    """Read, export and verify the audit trail."""
    SETTINGS = "settings"
    """Read and set policies and the settings of licences."""


class Door(StrEnum):
    """Which door an actor came through."""

    PORTAL = "portal"
    API = "api"
    """A program with an access key, or one which speaks the OVH dialect."""
    LINK = "link"
    """Holds a one-time link, and may do what that link says, nothing else."""
    SERVER = "server"
    """Ran a command on the server itself, where the keys are; for whoever answers for it."""


class Action(StrEnum):
    SEE = "see"
    CHANGE = "change"
    RESET = "reset"
    SEND = "send"
    RETIRE = "retire"
    GIVE_PHONE = "give_phone"
    """Give a line a Plug & Phone handset, and take it away (SIP-3)."""
    DELIVER = "deliver"
    """Open a new service and send its first credentials."""
    SEE_ELEMENTS = "see_elements"
    """Learn whether the elements, and their copies at other sites, are well."""
    OPERATE = "operate"
    """See the outbox; retry and abandon."""
    INVITE = "invite"
    """Open an account for a colleague, whose owner alone chooses the password (TEAM-10)."""
    EDIT = "edit"
    """Name and settings of a service or licence (CTX-3, CTX-4)."""
    SEE_MEMBERS = "see_members"
    UNLOCK = "unlock"
    """End the hour of too many attempts (TEAM-4)."""
    RESET_MEMBER = "reset_member"
    """Have a member get a new password: by link, by mail, or typed, as their policy says (TEAM-2)."""
    DISABLE = "disable"
    """Shut and open an account, with a reason."""
    GIVE_ROLE = "give_role"
    CLEAR_FACTORS = "clear_factors"
    """Remove a member's second factors (TEAM-6)."""
    WORK_CASES = "work_cases"
    """Read cases and their documents, write proofs down (ACC-6 to ACC-8, TEAM-11)."""
    DECIDE_CASE = "decide_case"
    SEE_AUDIT = "see_audit"
    """Read, export and verify the audit trail of one's branch (NEW-7)."""
    SEE_POLICY = "see_policy"
    SET_POLICY = "set_policy"
    OPEN_ORGANISATION = "open_organisation"
    """Open a reseller or a customer below one's own organisation."""
    EDIT_ORGANISATION = "edit_organisation"
    """Rename an organisation of one's branch, and its sites; add a site."""
    SEE_CAMPAIGNS = "see_campaigns"
    RUN_CAMPAIGN = "run_campaign"
    """Give thousands of services of one's branch a new secret each (NEW-6)."""
    SEE_WEBHOOKS = "see_webhooks"
    SET_WEBHOOKS = "set_webhooks"
    """Say which systems are told of what happens in one's branch (NEW-10)."""


STAFF = frozenset({Role.SUPPORT_AGENT, Role.OPERATOR_ADMIN})
