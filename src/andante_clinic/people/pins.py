"""The client's own PIN: chosen on their phone with a code given in the room, tried a few times only.

The therapist never learns the PIN; a new room code lets the client choose a new one.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.utils import timezone

from andante_clinic.people.models import Client

ROOM_CODE_LASTS = timedelta(minutes=15)
TRIES, REST = 5, 15 * 60  # wrong tries, then seconds to wait


def make_room_code(client: Client) -> str:
    """Six digits that open the choosing of a PIN for a quarter of an hour, once."""
    code = f"{secrets.randbelow(10**6):06}"
    client.room_code, client.room_code_until = make_password(code), timezone.now() + ROOM_CODE_LASTS
    client.save(update_fields=["room_code", "room_code_until"])
    return code


def choose(client: Client, room_code: str, pin: str) -> bool:
    """The client chooses a PIN of four to eight digits. False where the room code is wrong or too old, or tried too often."""
    if not (pin.isdigit() and 4 <= len(pin) <= 8):
        return False
    fresh = client.room_code and client.room_code_until and client.room_code_until > timezone.now()
    if not (fresh and _try(client, "room", room_code, client.room_code)):
        return False
    client.pin, client.room_code = make_password(pin), ""
    client.save(update_fields=["pin", "room_code"])
    return True


def fits(client: Client, pin: str) -> bool:
    """Is this the client's PIN? After five wrong tries the answer is no for a quarter of an hour, whatever is tried."""
    return bool(client.pin) and _try(client, "pin", pin, client.pin)


def must_wait(client: Client) -> bool:
    return any(cache.get(_key(client, kind), 0) >= TRIES for kind in ("pin", "room"))


def _try(client: Client, kind: str, given: str, kept: str) -> bool:
    key = _key(client, kind)
    cache.add(key, 0, REST)
    if cache.incr(key) > TRIES:
        return False
    if not check_password(given, kept):
        return False
    cache.delete(key)
    return True


def _key(client: Client, kind: str) -> str:
    return f"tries-{kind}-{client.pk}"
