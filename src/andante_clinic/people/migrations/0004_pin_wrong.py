"""Wrong tries of a client's PIN are counted for good, not for a quarter of an hour only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_due")]
    operations = [migrations.AddField("client", "pin_wrong", models.PositiveSmallIntegerField(default=0, editable=False))]
