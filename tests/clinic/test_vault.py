"""Names and free text are encrypted at rest."""

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from andante_clinic.people import vault
from andante_clinic.people.models import Client


def stored(client):
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM people_client WHERE id = %s", [client.pk])
        return cursor.fetchone()[0]


def test_the_database_never_holds_a_name(client_record):
    assert "Clara" not in stored(client_record)
    assert Client.objects.get(pk=client_record.pk).name == "Clara Client"


def test_the_same_name_twice_looks_different(client_record, therapist):
    twin = Client.objects.create(name="Clara Client", therapist=therapist)
    assert stored(twin) != stored(client_record)


def test_a_new_key_takes_over_and_the_old_one_can_go(client_record, settings):
    old = settings.VAULT_KEYS[0]
    new = Fernet.generate_key().decode()
    settings.VAULT_KEYS = [new, old]
    assert vault.reseal() >= 1
    settings.VAULT_KEYS = [new]
    assert Client.objects.get(pk=client_record.pk).name == "Clara Client"


def test_a_lost_key_is_said_with_the_place_and_never_the_text(client_record, settings):
    settings.VAULT_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(vault.Unreadable, match=r"people\.Client\.name cannot be read with the keys in vault\.key"):
        Client.objects.get(pk=client_record.pk)


def test_sealed_text_cannot_be_searched(client_record):
    with pytest.raises(TypeError, match="the database cannot look into it"):
        Client.objects.filter(name__contains="Clara")
