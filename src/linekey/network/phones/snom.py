"""Snom D and 7xx series: `<MAC>.xml`, XML settings with an index per identity.

Parameters from Snom's Service Hub, « Settings »: `user_*`, `setting_server`, `settings_refresh_timer`
(seconds), `update_policy`. `perm="R"` lets nobody change one on the telephone itself; a setting that is
left out keeps its value (« Auto Provisioning », « Settings file »).
"""

from linekey.domain.phones import Configuration
from linekey.network.phones.writing import HEAD, POLL_HOURS, elements


def write(configuration: Configuration) -> str:
    known, server = configuration.settings, configuration.settings.server
    identity = {
        "user_active": "on",
        "user_realname": known.display_name,
        "user_name": known.username,
        "user_pname": known.username,
        "user_host": known.realm,
        "user_outbound": f"sip:{server.host}:{server.port};transport={server.transport}",
    }
    telephone = {"settings_refresh_timer": str(POLL_HOURS * 3600)}
    if configuration.password and configuration.address:
        identity["user_pass"] = configuration.password.reveal()
        telephone["setting_server"] = configuration.address.reveal()
    written = elements(identity, "    ", ' idx="1" perm="R"') + elements(telephone, "    ", ' perm="R"')
    return f"{HEAD}\n<settings>\n  <phone-settings>\n{written}  </phone-settings>\n</settings>\n"
