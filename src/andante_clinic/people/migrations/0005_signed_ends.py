"""The end of each chain of the audit trail is signed, from its next entry on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_pin_wrong")]
    operations = [
        migrations.AddField("auditchain", "signature", models.CharField(blank=True, default="", max_length=64), preserve_default=False)
    ]
