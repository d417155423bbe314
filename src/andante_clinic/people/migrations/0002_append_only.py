"""The database itself refuses to change or delete an entry of the audit trail, on SQLite and on PostgreSQL."""

from django.db import migrations

SQLITE = [
    f"""CREATE TRIGGER audit_{verb.lower()} BEFORE {verb} ON people_auditentry
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"""
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    """CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$""",
    "CREATE TRIGGER audit_rows BEFORE UPDATE OR DELETE ON people_auditentry FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
    "CREATE TRIGGER audit_all BEFORE TRUNCATE ON people_auditentry FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
]
UNDO = {
    "sqlite": ["DROP TRIGGER audit_update", "DROP TRIGGER audit_delete"],
    "postgresql": [
        "DROP TRIGGER audit_rows ON people_auditentry",
        "DROP TRIGGER audit_all ON people_auditentry",
        "DROP FUNCTION audit_is_append_only",
    ],
}


def protect(apps, editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[editor.connection.vendor]:
        editor.execute(statement)


def release(apps, editor):
    for statement in UNDO[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(protect, release)]
