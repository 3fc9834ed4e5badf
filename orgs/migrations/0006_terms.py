"""The lists that the directory starts with; administrators may add to them and rename them."""

from django.db import migrations

# code, French, English, equivalent (OCHA sector, ISO 639-3), other words
TERMS = {
    "theme": [
        ("early_warning", "Alerte précoce", "Early warning", "PRO", "alerte précoce et réponse rapide"),
        ("mediation", "Médiation et règlement des disputes", "Mediation and settling of disputes", "PRO", "résolution des conflits,gestion des conflits,conflict resolution"),
        ("dialogue", "Dialogue et réconciliation", "Dialogue and reconciliation", "PRO", "cohésion sociale,social cohesion,paix,peacebuilding,consolidation de la paix"),
        ("security_justice", "Sécurité et justice", "Security and justice", "PRO", "réforme du secteur de la sécurité,état de droit"),
        ("human_rights", "Droits humains", "Human rights", "PRO", "droits de l’homme,protection"),
        ("victims", "Appui aux victimes", "Support to victims", "PRO", ""),
        ("gbv", "Violences basées sur le genre", "Gender-based violence", "PRO-GBV", "VBG,GBV,violences faites aux femmes"),
        ("child_protection", "Protection de l’enfance", "Child protection", "PRO-CPN", "protection enfant"),
        ("women_peace", "Femmes, paix et sécurité", "Women, peace and security", "PRO", "femmes,genre,gender"),
        ("youth_peace", "Jeunes, paix et sécurité", "Youth, peace and security", "PRO", "jeunes,jeunesse,youth"),
        ("reintegration", "Réinsertion et prévention", "Reintegration and prevention", "ERY", "réintégration,DDR,extrémisme violent,prévention de l’extrémisme violent"),
        ("land", "Terre, eau et pâturages", "Land, water and grazing", "PRO-HLP", "foncier,logement terre et biens,pastoralisme"),
        ("mines", "Action contre les mines", "Mine action", "PRO-MIN", "lutte antimines"),
        ("displaced", "Déplacés et réfugiés", "Displaced people and refugees", "CCM", "CCCM,coordination et gestion des camps,refugiés,multi secteur refugiés"),
        ("civic", "Citoyenneté et élections", "Citizenship and elections", "", "éducation civique,gouvernance démocratique"),
        ("governance", "Gouvernance locale", "Local governance", "ERY", "décentralisation,redevabilité"),
        ("faith", "Dialogue entre religions", "Dialogue between faiths", "", "religieux,interreligieux"),
        ("culture", "Culture et patrimoine", "Culture and heritage", "", ""),
        ("information", "Information et rumeurs", "Information and rumours", "", "médias,communication,radio"),
        ("research", "Recherche et plaidoyer", "Research and advocacy", "", "plaidoyer,étude"),
        ("education", "Éducation", "Education", "EDU", "education en situations d’urgence"),
        ("health", "Santé", "Health", "HEA", "santé publique"),
        ("nutrition", "Nutrition", "Nutrition", "NUT", ""),
        ("food", "Sécurité alimentaire", "Food security", "FSC", "agriculture,élevage"),
        ("water", "Eau, hygiène et assainissement", "Water, sanitation and hygiene", "WSH", "EHA,WASH,eau assainissement et hygiène"),
        ("shelter", "Abris et biens de première nécessité", "Shelter and relief items", "SHL", "abris,NFI,abris AME,abris d’urgence et NFI"),
        ("livelihoods", "Moyens d’existence", "Livelihoods", "ERY", "relèvement précoce,relevement précoce,activités génératrices de revenus"),
        ("logistics", "Logistique", "Logistics", "LOG", ""),
        ("telecoms", "Télécommunications d’urgence", "Emergency telecommunications", "ETC", "ETC"),
        ("coordination", "Coordination", "Coordination", "", "coordination et services communs"),
    ],
    "served": [
        ("everyone", "Toute la population", "Everyone", "", "population,communautés"),
        ("women", "Femmes", "Women", "", ""),
        ("girls", "Filles", "Girls", "", "jeunes filles"),
        ("youth", "Jeunes", "Young people", "", "jeunesse"),
        ("children", "Enfants", "Children", "", ""),
        ("elders", "Personnes âgées", "Older people", "", ""),
        ("disabled", "Personnes handicapées", "People with disabilities", "", ""),
        ("displaced", "Personnes déplacées", "Displaced people", "", "PDI,IDP"),
        ("refugees", "Réfugiés et retournés", "Refugees and returnees", "", ""),
        ("herders", "Éleveurs", "Herders", "", "pasteurs"),
        ("farmers", "Agriculteurs", "Farmers", "", "paysans"),
        ("fishers", "Pêcheurs", "Fishers", "", ""),
        ("victims", "Victimes de violences", "Victims of violence", "", "survivantes"),
        ("prisoners", "Détenus et anciens détenus", "Prisoners and former prisoners", "", "prisonniers"),
        ("former_fighters", "Ex-combattants", "Former fighters", "", ""),
        ("leaders", "Chefs coutumiers et religieux", "Customary and religious leaders", "", "leaders"),
        ("elected", "Élus et services locaux", "Elected people and local services", "", "collectivités"),
    ],
    "capacity": [
        ("mediation", "Médiation", "Mediation", "", "médiateur"),
        ("early_warning", "Alerte précoce", "Early warning", "", "veille"),
        ("rapid_response", "Intervention rapide", "Rapid response", "", ""),
        ("facilitation", "Animation de dialogues", "Facilitating dialogue", "", "facilitation"),
        ("reintegration", "Réinsertion", "Reintegration", "", ""),
        ("gbv_support", "Accueil des victimes de violences sexuelles", "Support after sexual violence", "", "prise en charge VBG"),
        ("psychosocial", "Soutien psychosocial", "Psychosocial support", "", ""),
        ("legal_aid", "Aide juridique", "Legal aid", "", "assistance juridique"),
        ("first_aid", "Premiers secours", "First aid", "", "secourisme"),
        ("radio", "Radio", "Radio", "", "antenne"),
        ("transport", "Transport", "Transport", "", "véhicule,moto"),
        ("lodging", "Hébergement sûr", "Safe lodging", "", "accueil"),
        ("interpreting", "Interprétation", "Interpreting", "", "traduction"),
        ("training", "Formation", "Training", "", ""),
        ("monitoring", "Suivi et enquêtes", "Monitoring and surveys", "", "collecte de données"),
        ("advocacy", "Plaidoyer", "Advocacy", "", ""),
    ],
    "spoken": [
        ("fr", "Français", "French", "fra", ""),
        ("bambara", "Bambara", "Bambara", "bam", "bamanankan"),
        ("fulfulde", "Fulfulde", "Fulfulde", "ffm", "peul,fula,pulaar"),
        ("dogon", "Dogon", "Dogon", "", "dogoso,toro so,tommo so"),
        ("songhay", "Songhay", "Songhay", "ses", "sonrhaï,songhaï,koyraboro senni"),
        ("tamasheq", "Tamasheq", "Tamasheq", "taq", "tamachek,touareg"),
        ("hassaniya", "Arabe hassaniya", "Hassaniya Arabic", "mey", "maure,hassania"),
        ("soninke", "Soninké", "Soninke", "snk", "sarakolé"),
        ("khassonke", "Khassonké", "Khassonke", "kao", ""),
        ("malinke", "Malinké", "Maninka", "mlq", "maninkakan"),
        ("senoufo", "Sénoufo", "Senufo", "spp", "syenara,mamara,minianka"),
        ("bozo", "Bozo", "Bozo", "boz", "tieyaxo"),
        ("bobo", "Bobo et bomu", "Bobo and Bomu", "bmq", "bwa"),
        ("ar", "Arabe", "Arabic", "ara", ""),
        ("en", "Anglais", "English", "eng", ""),
        ("sign", "Langue des signes", "Sign language", "", ""),
    ],
    "training": [
        ("mediation", "Médiation", "Mediation", "", ""),
        ("early_warning", "Alerte précoce", "Early warning", "", ""),
        ("leadership", "Leadership des femmes et des jeunes", "Leadership of women and youth", "", ""),
        ("rights", "Droits humains et loi", "Human rights and law", "", ""),
        ("gbv", "Violences basées sur le genre", "Gender-based violence", "", ""),
        ("safety", "Sécurité des personnes et des données", "Safety of people and data", "", ""),
        ("management", "Gestion et comptabilité", "Management and accounts", "", ""),
        ("fundraising", "Recherche de financements", "Fundraising", "", ""),
        ("advocacy", "Plaidoyer", "Advocacy", "", ""),
        ("other", "Autre", "Other", "", ""),
    ],
    "need": [
        ("training", "Formation et accompagnement", "Training and coaching", "", ""),
        ("funding", "Financement", "Funding", "", ""),
        ("equipment", "Équipement", "Equipment", "", "matériel"),
        ("transport", "Transport", "Transport", "", ""),
        ("connection", "Téléphone et réseau", "Phone and network", "", ""),
        ("protection", "Protection de ses membres", "Protection of its members", "", ""),
        ("contacts", "Mise en relation", "Being put in touch", "", ""),
        ("premises", "Local", "Premises", "", ""),
        ("legal", "Formalités légales", "Legal formalities", "", ""),
        ("other", "Autre", "Other", "", ""),
    ],
}


def add_terms(apps, schema_editor):
    """Add what is missing; a term that somebody renamed keeps its name."""
    model = apps.get_model("orgs", "Term")
    model.objects.bulk_create(
        [
            model(
                vocabulary=vocabulary,
                code=code,
                label_fr=french,
                label_en=english,
                standard=standard,
                other_labels=others,
                position=10 * place,
            )
            for vocabulary, terms in TERMS.items()
            for place, (code, french, english, standard, others) in enumerate(terms, start=1)
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [("orgs", "0005_directory")]

    operations = [migrations.RunPython(add_terms, migrations.RunPython.noop)]
