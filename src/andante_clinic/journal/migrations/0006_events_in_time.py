"""What became of an issue is listed in order of time, not of the numbers of the sessions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("journal", "0005_marks")]
    operations = [migrations.AlterModelOptions("topicevent", {"ordering": ["session__starts", "at", "pk"]})]
