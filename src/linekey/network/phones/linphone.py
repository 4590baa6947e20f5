"""Linphone and liblinphone 3.12 and later: an `lpconfig` file, read at every start from `[misc] config-uri`.

From liblinphone's « Remote provisioning » page and its `xml2lpc.xsd`: sections with entries, which replace
what the softphone holds where they say `overwrite="true"`, and leave the rest alone. It is given HA1, never
the password: `auth_info_0/ha1` with `algorithm` MD5 is all that a REGISTER needs (RFC 7616 section 3.4.2).
"""

from collections.abc import Mapping

from linekey.domain.phones import Configuration
from linekey.network.phones.writing import HEAD, attribute, element

EXPIRES = 300
"""Seconds: how soon it registers again, and so with a new password, at the latest."""


def write(configuration: Configuration) -> str:
    known, server = configuration.settings, configuration.settings.server
    sections: dict[str, dict[str, str]] = {
        "sip": {"default_proxy": "0"},
        "proxy_0": {
            "reg_proxy": f"<sip:{server.host}:{server.port};transport={server.transport}>",
            "reg_route": f"<sip:{server.host}:{server.port};transport={server.transport};lr>",
            "reg_identity": f"{_quoted(known.display_name)} <sip:{known.username}@{known.realm}>",
            "reg_expires": str(EXPIRES),
            "reg_sendregister": "1",
            "realm": known.realm,
        },
    }
    if configuration.ha1 and configuration.address:
        sections["auth_info_0"] = {
            "username": known.username,
            "realm": known.realm,
            "domain": known.realm,
            "ha1": configuration.ha1.reveal(),
            "algorithm": "MD5",
        }
        sections["misc"] = {"config-uri": configuration.address.reveal()}
    written = "".join(_section(name, entries) for name, entries in sections.items())
    return f'{HEAD}\n<config xmlns="http://www.linphone.org/xsds/lpconfig.xsd">\n{written}</config>\n'


def _section(name: str, entries: Mapping[str, str]) -> str:
    named = {f' name={attribute(key)} overwrite="true"': value for key, value in entries.items()}
    lines = (f"    {element('entry', value, attributes)}\n" for attributes, value in named.items())
    return f"  <section name={attribute(name)}>\n{''.join(lines)}  </section>\n"


def _quoted(name: str) -> str:
    """A display name (RFC 3261 section 25.1, quoted-string)."""
    return '"{}"'.format(name.replace("\\", "\\\\").replace('"', '\\"'))
