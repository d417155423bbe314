"""The key files, made on first run: the service's own secrets, each readable by its owner only.

At the very bottom of the clinic; imports nothing of it. Three files in the data folder's `keys/`:

    secret.key   signs cookies and client links (Django's SECRET_KEY)
    vault.key    encrypts names and free text, one key a line, the first in use (see `people.vault`)
    audit.key    seals the audit trail (see `people.audit`)

Losing `vault.key` loses every name and note for good: back the folder up, apart from the database.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet


def read_or_make(path: Path, make: object = None) -> str:
    """The text of a key file; a missing one is made first, with mode 0600 in a folder of mode 0700.

    `make` is a function without arguments that returns the new key. Raises PermissionError where others can
    read the file: a key that others can read is no key.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = make() if callable(make) else secrets.token_urlsafe(48)
        write(path, text)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} can be read by others. To mend it: chmod 600 {path}")
    return path.read_text().strip()


def write(path: Path, text: str) -> None:
    """Write a key file aside, readable by its owner only from the first byte, then put it in place.

    A file that another process put there meanwhile wins for a new key: two first runs must not disagree.
    """
    aside = path.with_suffix(f".{os.getpid()}.partial")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
    if path.exists():
        os.replace(aside, path)
        return
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(aside)


def secret(folder: Path) -> str:
    return read_or_make(folder / "secret.key")


def vault(folder: Path) -> list[str]:
    return read_or_make(folder / "vault.key", lambda: Fernet.generate_key().decode()).split()


def audit(folder: Path) -> bytes:
    return read_or_make(folder / "audit.key").encode()
