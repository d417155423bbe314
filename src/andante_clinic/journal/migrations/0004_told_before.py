"""Answers for a third person from before: they are for whoever is named now."""

from django.db import migrations


def keep_who_is_named(apps, editor):
    service = apps.get_model("people", "Service").objects.first()
    if service is not None and service.third_person_id is not None:
        apps.get_model("journal", "Answer").objects.filter(audience="third").update(told=service.third_person_id)


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_told"), ("people", "0003_due")]
    operations = [migrations.RunPython(keep_who_is_named, migrations.RunPython.noop)]
