"""The types of incident that the product starts with; administrators may add to them and rename them."""

from django.db import migrations

# code, French, English, ACLED sub-event type (empty where there is none), pictogram, on the report form
TYPES = [
    ("attack", "Attaque contre des personnes", "Attack on people", "Attack", "attack", True),
    ("clash", "Combat entre groupes armés", "Armed clash", "Armed clash", "clash", True),
    ("explosion", "Explosion, mine ou engin", "Explosion, mine or device", "Remote explosive/landmine/IED", "explosion", True),
    ("abduction", "Enlèvement ou disparition", "Abduction or disappearance", "Abduction/forced disappearance", "abduction", True),
    ("sexual", "Violence sexuelle", "Sexual violence", "Sexual violence", "sexual_violence", True),
    ("looting", "Vol de bétail ou pillage", "Cattle theft or looting", "Looting/property destruction", "cattle", True),
    ("ambush", "Danger ou embuscade sur la route", "Danger or ambush on the road", "", "road", True),
    ("displacement", "Des gens fuient", "People are fleeing", "", "displacement", True),
    ("threat", "Menace ou ultimatum", "Threat or ultimatum", "", "threat", True),
    ("land", "Conflit de terre, d’eau ou de pâturage", "Dispute over land, water or grazing", "", "land", True),
    ("tension", "Tension entre communautés", "Tension between communities", "", "tension", True),
    ("rumour", "Rumeur qui inquiète", "Worrying rumour", "", "rumour", True),
    ("riot", "Émeute ou manifestation violente", "Riot or violent demonstration", "Violent demonstration", "protest", True),
    ("abuse", "Arrestation ou abus", "Arrest or abuse", "Arrests", "arrest", True),
    ("services", "École, santé ou service fermé", "School, health post or service closed", "", "closed", True),
    ("protest", "Manifestation pacifique", "Peaceful protest", "Peaceful protest", "protest", False),
    ("agreement", "Accord ou réconciliation", "Agreement or reconciliation", "Agreement", "tension", False),
    ("other", "Autre chose", "Something else", "", "other", True),
]


def add_types(apps, schema_editor):
    """Add what is missing; a type that somebody renamed keeps its name."""
    model = apps.get_model("incidents", "IncidentType")
    model.objects.bulk_create(
        [
            model(
                code=code,
                label_fr=french,
                label_en=english,
                acled_sub_event_type=acled,
                pictogram=pictogram,
                on_form=on_form,
                position=10 * place,
            )
            for place, (code, french, english, acled, pictogram, on_form) in enumerate(TYPES, start=1)
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [("incidents", "0002_initial")]

    operations = [migrations.RunPython(add_types, migrations.RunPython.noop)]
