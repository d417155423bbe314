"""Encryption at rest of names and free text, and the change of its keys.

A field of kind `Sealed` holds plain text in Python and a Fernet token (AES-128-CBC with HMAC-SHA-256, from the
`cryptography` package) in the database. Numbers and dates stay readable to the database; words do not.
The first key in `vault.key` seals; all of them open. Sealed text cannot be searched or sorted by the database.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import models, transaction


class Unreadable(Exception):
    """Sealed text that none of the keys opens; the message names the place, never the text."""


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def box() -> MultiFernet:
    return _box(tuple(settings.VAULT_KEYS))


def seal(text: str) -> str:
    """The token of a text; the empty text stays empty, so that "nothing written" needs no key."""
    return box().encrypt(text.encode()).decode() if text else ""


def unseal(token: str, place: str = "a field") -> str:
    """The text of a token. Raises Unreadable where no key fits: a lost `vault.key`, or a changed database."""
    if not token:
        return ""
    try:
        return box().decrypt(token.encode()).decode()
    except InvalidToken:
        raise Unreadable(
            f"{place} cannot be read with the keys in vault.key. To mend it: put back the vault.key it was written with"
        ) from None


class Sealed(models.TextField):
    """Text that the database holds encrypted."""

    description = "text, encrypted at rest"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None else seal(str(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value if value is None else unseal(value, f"{self.model._meta.label}.{self.name}")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise TypeError(f"{self.name} is sealed: the database cannot look into it")
        return super().get_lookup(lookup_name)


def sealed_fields() -> list[tuple[type[models.Model], list[str]]]:
    """Every model that has sealed fields, with their names."""
    found = ((model, [f.name for f in model._meta.concrete_fields if isinstance(f, Sealed)]) for model in apps.get_models())
    return [(model, names) for model, names in found if names]


def reseal() -> int:
    """Seal every text anew with the first key; afterwards older keys may be taken out of `vault.key`. Returns the rows written."""
    written = 0
    for model, names in sealed_fields():
        with transaction.atomic():
            for row in model._default_manager.only("pk", *names).iterator(chunk_size=500):
                model._default_manager.filter(pk=row.pk).update(**{name: getattr(row, name) for name in names})
                written += 1
    return written
