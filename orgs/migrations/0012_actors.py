"""The actor map that the product starts with; administrators may add to it and correct it.

Bodies only, never persons, and no armed group by name. Sources: what two published studies of the field say of who is
there (Peace Direct and WANEP, 2018; IMRAP and Interpeace, 2016), and what anybody can read of the State's own services.
"""

import unicodedata

from django.db import migrations

STUDY = "Peace Direct / WANEP, Mali on the brink (2018)"
IMRAP = "IMRAP / Interpeace (2016)"
PUBLIC = "Connaissance générale (services et institutions publics)"

LOCAL, NATIONAL, INTERNATIONAL = "local", "national", "international"
SECURITY, CIVIL, STATE = "security", "civil_society", "governmental"

# level, sector, name, mandate, source
ACTORS = [
    # Security
    (LOCAL, SECURITY, "Commissariats de police", "Recevoir les plaintes, enquêter, protéger les habitants des villes.", STUDY),
    (LOCAL, SECURITY, "Brigades de gendarmerie", "Recevoir les plaintes et enquêter hors des villes.", STUDY),
    (LOCAL, SECURITY, "Garde nationale dans les régions", "Maintenir l’ordre, protéger les institutions.", STUDY),
    (LOCAL, SECURITY, "Protection civile dans les régions", "Porter secours : accidents, incendies, inondations.", STUDY),
    (LOCAL, SECURITY, "Comités consultatifs locaux de sécurité (CCLS)", "Réunir habitants, élus et forces pour parler de sécurité.", STUDY),
    (NATIONAL, SECURITY, "Police nationale", "Sécurité des villes, enquêtes, protection des femmes et des enfants.", STUDY),
    (NATIONAL, SECURITY, "Gendarmerie nationale", "Sécurité hors des villes, enquêtes.", STUDY),
    (NATIONAL, SECURITY, "Garde nationale", "Maintien de l’ordre et garde des institutions.", STUDY),
    (NATIONAL, SECURITY, "Forces armées maliennes (FAMa)", "Défense du pays et protection des civils.", STUDY),
    (NATIONAL, SECURITY, "Direction générale de la protection civile", "Secours, catastrophes, sapeurs-pompiers.", PUBLIC),
    (NATIONAL, SECURITY, "Comités consultatifs de sécurité (CNRSS)", "Suivre la réforme du secteur de la sécurité avec la société civile.", STUDY),
    (INTERNATIONAL, SECURITY, "Mission des Nations unies (MINUSMA, retirée en 2023)", "A protégé les civils et soutenu l’accord de paix jusqu’en 2023.", STUDY),
    (INTERNATIONAL, SECURITY, "Forces régionales et conjointes", "Coopération militaire entre États voisins.", STUDY),
    (INTERNATIONAL, SECURITY, "Missions étrangères de formation et de coopération militaires", "Formation et appui aux forces nationales.", STUDY),
    # Civil society
    (LOCAL, CIVIL, "Associations de femmes", "Médiation, accueil des victimes, première alerte.", STUDY),
    (LOCAL, CIVIL, "Associations de jeunes", "Dialogue, réinsertion, prévention.", STUDY),
    (LOCAL, CIVIL, "Chefs coutumiers et chefs de village", "Règlement des disputes de terre, d’eau et de famille.", STUDY),
    (LOCAL, CIVIL, "Chefs religieux et lieux de culte", "Apaisement, dialogue entre croyants.", STUDY),
    (LOCAL, CIVIL, "Associations d’éleveurs, d’agriculteurs et de pêcheurs", "Accords sur les terres, les pâturages et l’eau.", STUDY),
    (LOCAL, CIVIL, "Radios de proximité", "Information et lutte contre les rumeurs, dans les langues du pays.", STUDY),
    (LOCAL, CIVIL, "Femmes de Macina (Ségou)", "Dialogue entre communautés après des violences.", STUDY),
    (LOCAL, CIVIL, "BENKADI (Kayes)", "Groupement de femmes.", STUDY),
    (LOCAL, CIVIL, "Association de la jeunesse de la ville de Yélimane", "Jeunes de Yélimane.", STUDY),
    (NATIONAL, CIVIL, "WANEP-Mali et ses membres", "Réseau pour la paix : alerte précoce et coordination.", STUDY),
    (NATIONAL, CIVIL, "IMRAP", "Recherche participative pour la paix, dialogues.", IMRAP),
    (NATIONAL, CIVIL, "AJCET", "Jeunes, prisons, réinsertion.", STUDY),
    (NATIONAL, CIVIL, "AFIP", "Règlement des disputes par le dialogue.", STUDY),
    (NATIONAL, CIVIL, "TASSAGHT", "Éleveurs, comités locaux.", STUDY),
    (NATIONAL, CIVIL, "APROFEM", "Femmes et enfants.", STUDY),
    (NATIONAL, CIVIL, "REJEFPO", "Jeunes femmes dirigeantes.", STUDY),
    (NATIONAL, CIVIL, "RENEDEP", "Citoyenneté et élections.", STUDY),
    (NATIONAL, CIVIL, "IRAD", "Recherche et réseau de solidarité.", STUDY),
    (NATIONAL, CIVIL, "CEWA", "Éducation, filles et enfants déplacés.", STUDY),
    (NATIONAL, CIVIL, "AJEC", "Éducation civique.", STUDY),
    (NATIONAL, CIVIL, "AADeC", "Développement communautaire.", STUDY),
    (NATIONAL, CIVIL, "ADT", "Paix, droits humains, victimes des conflits.", STUDY),
    (NATIONAL, CIVIL, "Allô Gouvernance", "Gouvernance et citoyenneté.", STUDY),
    (NATIONAL, CIVIL, "Peace One Day Mali", "Éducation, paix, santé.", STUDY),
    (NATIONAL, CIVIL, "Organisations religieuses nationales", "Dialogue et médiation au niveau du pays.", PUBLIC),
    (NATIONAL, CIVIL, "Médias nationaux et presse", "Information du public.", PUBLIC),
    (INTERNATIONAL, CIVIL, "WANEP (réseau ouest-africain)", "Coordination de plus de 500 membres en Afrique de l’Ouest.", STUDY),
    (INTERNATIONAL, CIVIL, "Peace Direct", "Appui aux artisans de paix locaux.", STUDY),
    (INTERNATIONAL, CIVIL, "Interpeace", "Recherche participative et dialogue, avec l’IMRAP.", IMRAP),
    (INTERNATIONAL, CIVIL, "USIP", "Dialogues justice et sécurité.", STUDY),
    (INTERNATIONAL, CIVIL, "ACLED", "Données sur les violences.", STUDY),
    (INTERNATIONAL, CIVIL, "Afrobarometer", "Enquêtes d’opinion.", STUDY),
    (INTERNATIONAL, CIVIL, "ONG internationales", "Aide, protection, développement.", STUDY),
    # The State and those who stand beside it
    (LOCAL, STATE, "Maires et conseils communaux", "Vie de la commune, dialogue local.", STUDY),
    (LOCAL, STATE, "Préfets", "Représentent l’État dans le cercle.", PUBLIC),
    (LOCAL, STATE, "Sous-préfets", "Représentent l’État dans l’arrondissement.", PUBLIC),
    (LOCAL, STATE, "Gouverneurs de région", "Représentent l’État dans la région.", PUBLIC),
    (LOCAL, STATE, "Tribunaux et justices de paix", "Juger les affaires, recevoir les plaintes.", PUBLIC),
    (LOCAL, STATE, "Services sociaux et de santé", "Soins, accueil des victimes et des enfants.", PUBLIC),
    (NATIONAL, STATE, "Ministère chargé de la sécurité", "Police, gendarmerie, garde, protection civile.", STUDY),
    (NATIONAL, STATE, "Ministère chargé de la défense", "Forces armées.", PUBLIC),
    (NATIONAL, STATE, "Ministère chargé de la réconciliation", "Paix, cohésion, suivi des accords.", STUDY),
    (NATIONAL, STATE, "Ministère chargé de la femme, de l’enfant et de la famille", "Droits des femmes et des enfants.", PUBLIC),
    (NATIONAL, STATE, "Ministère chargé de la jeunesse", "Jeunesse et citoyenneté.", PUBLIC),
    (NATIONAL, STATE, "Ministère chargé de la justice", "Tribunaux, prisons, droits.", PUBLIC),
    (NATIONAL, STATE, "Ministère chargé de l’administration du territoire", "Préfets, communes, élections.", PUBLIC),
    (NATIONAL, STATE, "Conseil national pour la réforme du secteur de la sécurité (CNRSS)", "Réforme du secteur de la sécurité.", STUDY),
    (NATIONAL, STATE, "Commission nationale des droits de l’homme", "Recevoir les plaintes, suivre les droits humains.", PUBLIC),
    (INTERNATIONAL, STATE, "Agences des Nations unies", "Aide, protection, développement.", PUBLIC),
    (INTERNATIONAL, STATE, "Union africaine", "Médiation entre États, suivi de la paix.", PUBLIC),
    (INTERNATIONAL, STATE, "Ambassades et coopérations", "Relations entre États, aide.", STUDY),
    (INTERNATIONAL, STATE, "Bailleurs de fonds", "Financement de projets.", STUDY),
]


def _key(name):
    """As ``orgs.models.areas.name_key`` made it when this was written."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("’", "").replace("'", ""))
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())[:120].strip()


def add_actors(apps, schema_editor):
    """Add what is missing; an actor that somebody corrected stays as it is."""
    model = apps.get_model("orgs", "Actor")
    model.objects.bulk_create(
        [
            model(name=name, name_key=_key(name), level=level, sector=sector, mandate=mandate, source=source)
            for level, sector, name, mandate, source in ACTORS
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [("orgs", "0011_actors_links")]

    operations = [migrations.RunPython(add_actors, migrations.RunPython.noop)]
