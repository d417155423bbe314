"""The audit trail's tables: chains and entries. Triggers in the database refuse to change or delete an entry.

Below `people.models` so that it can be read alone; `people.audit` writes and checks.
"""

from __future__ import annotations

from django.db import models


class AuditChain(models.Model):
    """The end of one chain, signed. One chain a client, so that writers of two clients never wait for each other."""

    name = models.CharField(max_length=40, primary_key=True)  # a client's code, or "service"
    number = models.PositiveIntegerField(default=0)
    seal = models.CharField(max_length=64, blank=True)
    signature = models.CharField(max_length=64, blank=True)  # an HMAC of the three above: empty until the next entry of an older chain


class AuditEntry(models.Model):
    """Who did what to what, when. Holds ids and words of the program only, nothing that a person wrote."""

    chain = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=40)  # "user:12", "client", "program"
    verb = models.CharField(max_length=40)  # saw, recorded, answered, ...
    what = models.CharField(max_length=80, blank=True)  # "page:client", "topic:7"
    detail = models.JSONField(default=dict, blank=True)
    seal = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="numbered_once")]
        ordering = ["chain", "number"]
