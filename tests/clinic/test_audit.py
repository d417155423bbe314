"""The audit trail: append-only in the database, and any change breaks the chain in a place that is named."""

import pytest
from django.db import DatabaseError, connection, transaction

from andante_clinic.people import audit
from andante_clinic.people.audit_model import AuditChain, AuditEntry


@pytest.fixture
def chain(db):
    for verb in ("saw", "changed", "saw"):
        audit.record("AAAAAA", "user:1", verb, "page:client")
    return "AAAAAA"


def without_triggers(statement, *values):
    """Change the trail as someone with the database in their hands could."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER audit_update")
            cursor.execute("DROP TRIGGER audit_delete")
        else:
            cursor.execute("ALTER TABLE people_auditentry DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        if connection.vendor != "sqlite":
            cursor.execute("ALTER TABLE people_auditentry ENABLE TRIGGER USER")


def test_an_untouched_trail_fits(chain):
    assert audit.check_all() == []


@pytest.mark.parametrize("statement", ["UPDATE people_auditentry SET verb = 'x'", "DELETE FROM people_auditentry"])
def test_the_database_refuses_to_change_or_delete(chain, statement):
    with pytest.raises(DatabaseError, match="the audit trail is append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.count() == 3


def test_a_changed_entry_is_found(chain):
    without_triggers("UPDATE people_auditentry SET actor = 'user:2' WHERE number = 2")
    assert [str(fault) for fault in audit.check_all()] == ["chain AAAAAA, entry 2: the entry, or the one before it, was changed"]


def test_a_missing_entry_is_found(chain):
    without_triggers("DELETE FROM people_auditentry WHERE number = 2")
    assert "chain AAAAAA, entry 2: entry 2 is missing" in [str(fault) for fault in audit.check_all()]


def test_a_cut_tail_is_found(chain):
    without_triggers("DELETE FROM people_auditentry WHERE number = 3")
    assert [str(fault) for fault in audit.check_all()] == ["chain AAAAAA, entry 2: entries at the end are missing, or the end was changed"]


def test_a_cut_tail_with_a_fitting_end_changes_the_fingerprint(chain):
    noted = audit.fingerprint()
    second = AuditEntry.objects.get(number=2)
    without_triggers("DELETE FROM people_auditentry WHERE number = 3")
    AuditChain.objects.filter(name=chain).update(number=2, seal=second.seal)
    assert [str(fault) for fault in audit.check_all()] == ["chain AAAAAA, entry 2: entries at the end are missing, or the end was changed"]
    assert audit.fingerprint() != noted


def test_a_chain_begun_before_ends_were_signed_goes_on_and_says_so(chain):
    AuditChain.objects.update(signature="")
    assert audit.check_all() == []
    assert (audit.unsigned(), audit.unsigned("AAAAAA"), audit.unsigned("BBBBBB")) == (["AAAAAA"], ["AAAAAA"], [])
    audit.enter([audit.Act("AAAAAA", "user:1", "saw", "page:client")] * 2)
    assert audit.check_all() == []
    assert audit.unsigned() == []
    assert [str(place) for place in audit.signed_late()] == ["chain AAAAAA, entry 4: the end before it was not signed"]


def test_an_end_whose_signature_was_taken_away_is_told_even_after_the_next_entry(chain):
    second = AuditEntry.objects.get(number=2)
    without_triggers("DELETE FROM people_auditentry WHERE number = 3")
    AuditChain.objects.filter(name=chain).update(number=2, seal=second.seal, signature="")
    assert audit.unsigned() == ["AAAAAA"]
    audit.record("AAAAAA", "user:1", "saw", "page:client")
    assert [str(place) for place in audit.signed_late()] == ["chain AAAAAA, entry 3: the end before it was not signed"]


def test_without_the_key_nobody_forges_a_chain(chain, settings):
    settings.AUDIT_KEY = b"another key"
    assert len(audit.check_all()) == 4  # each entry, and the end


def test_many_entries_take_as_many_queries_as_one(db, django_assert_num_queries):
    acts = [audit.Act(f"C{n:05}", "user:1", "saw", "page:today") for n in range(50)]
    with django_assert_num_queries(6):
        audit.enter(acts[:1])
    with django_assert_num_queries(6):
        audit.enter(acts)
    assert audit.check_all() == []
