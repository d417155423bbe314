"""Whether there is a service here at all: asked by commands that look at one and do not make one."""

from __future__ import annotations

from django.db import connection

from andante.errors import UsageError
from andante_clinic.people.audit_model import AuditEntry


def need_a_service() -> None:
    """Raises UsageError where the database has no tables yet."""
    if AuditEntry._meta.db_table not in connection.introspection.table_names():
        raise UsageError(
            "there is no service here yet: its database is empty. To mend it: set ANDANTE_HOME to the data folder of your service "
            "(DATABASE_URL, where it has a database server); or make one: first `andante manage add_person`, then `andante serve`"
        )
