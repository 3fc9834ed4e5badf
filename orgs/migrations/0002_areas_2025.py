"""Load today's régions, cercles and main towns (orgs/data/2025, frozen)."""

from django.db import migrations

from orgs.areas import shipped


def load(apps, schema_editor):
    models = [apps.get_model("orgs", name) for name in ("Edition", "Area", "Place")]
    shipped.load(*models)


class Migration(migrations.Migration):
    dependencies = [("orgs", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
