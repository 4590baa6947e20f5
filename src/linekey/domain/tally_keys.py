"""What attempts are counted under (laws 7 and 10). One spelling each, so that whoever counts and whoever
forgives mean the same row. Digests and networks come ready made: this room hashes nothing.
"""

from linekey.domain.flows import FlowKind

EVERYBODY = "everybody"
FETCHES_OF_ALL = "fetches"
_LOCK = "person"
_FACTOR = "factor"
_DEVICE = "device"


def person(person_id: int, device_id: int | None = None) -> str:
    """Wrong passwords of one person: the lock (TEAM-4). Their own known browsers are counted apart."""
    return _apart(f"{_LOCK}:{person_id}", device_id)


def factor(flow: str, person_id: int, device_id: int | None = None) -> str:
    """Wrong second factors, by kind of flow."""
    return _apart(f"{_FACTOR}:{flow}:{person_id}", device_id)


def sent(flow: str, person_id: int) -> str:
    """Codes and links sent because somebody who proved something asked for them."""
    return f"sent:{flow}:{person_id}"


def answer(person_id: int) -> str:
    return f"answer:{person_id}"


def pin(person_id: int) -> str:
    return f"pin:{person_id}"


def session(session_id: int, person_id: int) -> str:
    """Passwords and PINs typed wrong inside one open session."""
    return f"session:{session_id}:{person_id}"


def typed(digest: str) -> str:
    """What was typed as an identifier, whoever is behind it."""
    return f"typed:{digest}"


def nobody(digest: str) -> str:
    """As `person`, where nobody is behind what was typed."""
    return f"nobody:{digest}"


def network(name: str) -> str:
    return f"network:{name}"


def passkeys(network_name: str) -> str:
    return f"passkey:{network_name}"


def access_key(key_id: int) -> str:
    """A key which is proven and works no more."""
    return f"key:{key_id}"


def asked(network_name: str) -> str:
    """Links asked for from one network."""
    return f"asked:{network_name}"


def asked_of_person(person_id: int) -> str:
    return f"asked:person:{person_id}"


def asked_of_address(digest: str) -> str:
    return f"asked:address:{digest}"


def asked_by_plan(plan: str) -> str:
    """One request, however often the worker tries it."""
    return f"asked:plan:{plan}"


def fetches(network_name: str) -> str:
    """Configurations asked for in vain."""
    return f"fetches:{network_name}"


def locks_of(person_id: int, device_ids: tuple[int, ...] = ()) -> tuple[str, ...]:
    """Everything that keeps somebody out who knows their password."""
    places = (None, *device_ids)
    return (
        *(person(person_id, place) for place in places),
        *(factor(FlowKind.SIGN_IN, person_id, place) for place in places),
    )


def spent_by_guessing(person_id: int) -> tuple[str, ...]:
    """What somebody who guesses, or knew the old password, uses up of an owner's tries and codes."""
    return (
        *locks_of(person_id),
        sent(FlowKind.SIGN_IN, person_id),
        factor(FlowKind.RECOVERY, person_id),
    )


LOCKS = (f"{_LOCK}:", f"{_FACTOR}:{FlowKind.SIGN_IN}:")
"""How the keys of `locks_of` begin."""


def locked_by(key: str) -> tuple[int, int | None]:
    """Person and device of a key of `locks_of`."""
    start = next(start for start in LOCKS if key.startswith(start))
    person_id, _, device = key.removeprefix(start).partition(f":{_DEVICE}:")
    return int(person_id), int(device) if device else None


def _apart(key: str, device_id: int | None) -> str:
    return key if device_id is None else f"{key}:{_DEVICE}:{device_id}"
