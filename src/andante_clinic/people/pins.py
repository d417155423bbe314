"""The client's own PIN: chosen on their phone with a code given in the room, tried a few times only.

The therapist never learns the PIN; a new room code lets the client choose a new one.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from andante_clinic.people.models import Client

ROOM_CODE_LASTS = timedelta(minutes=15)
TRIES, REST = 5, 15 * 60  # wrong tries, then seconds to wait
MOST = 20  # wrong tries without a right one between them; then the PIN opens nothing any more (ours)


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
    client.pin, client.room_code, client.pin_wrong = make_password(pin), "", 0
    client.save(update_fields=["pin", "room_code", "pin_wrong"])
    cache.delete(_key(client, "pin"))
    return True


def fits(client: Client, pin: str) -> bool:
    """Is this the client's PIN? After five wrong tries the answer is no for a quarter of an hour, after twenty for good."""
    return bool(client.pin) and _try(client, "pin", pin, client.pin)


def must_wait(client: Client) -> bool:
    return any(cache.get(_key(client, kind), 0) >= TRIES for kind in ("pin", "room"))


def worn_out(client: Client) -> bool:
    """Was it tried wrongly so often that it opens nothing any more? A new one is chosen with a code from the room."""
    return client.pin_wrong >= MOST


@transaction.atomic
def _try(client: Client, kind: str, given: str, kept: str) -> bool:
    """One try at a time: the client's row is locked, so that tries sent at once are counted one by one."""
    locked = Client.objects.select_for_update().only("pin_wrong").get(pk=client.pk)
    key = _key(client, kind)
    tries = cache.get(key, 0)
    if tries >= TRIES or (kind == "pin" and worn_out(locked)):
        return False
    cache.set(key, tries + 1, REST)  # not `incr`: in a database that would cut the rest short, to the cache's own five minutes
    right = check_password(given, kept)
    if kind == "pin":
        client.pin_wrong = 0 if right else locked.pin_wrong + 1
        client.save(update_fields=["pin_wrong"])
    if right:
        cache.delete(key)
    return right


def _key(client: Client, kind: str) -> str:
    return f"tries-{kind}-{client.pk}"
