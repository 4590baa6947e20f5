"""The values of settings, as `domain.licences` writes them, in the rows of a service."""

from collections.abc import Mapping

from linekey.domain.licences import NO, SETTINGS, YES, Setting, Shape
from linekey.records.models import Service, UserLicence


def licence_of(service: Service) -> str:
    """Its kind, empty for a service which is no user licence."""
    return service.sip.licence if service.kind == Service.Kind.SIP_LINE else ""


def value_of(service: Service, setting: Setting) -> str:
    """What is set now; as on a new licence when nothing was set yet."""
    holder = service if setting.code == "name" else _user(service)
    value = getattr(holder, setting.code)
    if setting.shape is Shape.FLAG:
        return YES if value else NO
    return str(value)


def keep(service: Service, values: Mapping[str, str]) -> None:
    """Within the caller's transaction, which holds the lock of the service row.

    Saving it is what the search looks at: the name is found at once.
    """
    if "name" in values:
        service.name = values["name"]
        service.save(update_fields=["name"])
    rest = {code: _stored(SETTINGS[code], value) for code, value in values.items() if code != "name"}
    if rest:
        UserLicence.objects.update_or_create(service=service, defaults=rest)


def _user(service: Service) -> UserLicence:
    return getattr(service, "user_licence", None) or UserLicence(service=service)


def _stored(setting: Setting, value: str) -> str | bool:
    return value == YES if setting.shape is Shape.FLAG else value
