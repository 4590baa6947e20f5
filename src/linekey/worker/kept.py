"""One file per message for the demo's servers: whole, readable by its owner only, never written over."""

import os
import secrets
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path


def keep(folder: Path, suffix: str, content: bytes, now: datetime) -> str:
    """Write one file; its name, `<time>-<id><suffix>`, so that names sort by age.

    Written beside and renamed: whoever lists the folder never reads half a message.
    """
    name = f"{now:%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}{suffix}"
    handle, unfinished = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(unfinished).rename(folder / name)
    except OSError:
        with suppress(OSError):
            Path(unfinished).unlink()
        raise
    return name
