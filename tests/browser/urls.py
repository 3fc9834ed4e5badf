"""The product's addresses, and one more for the tests: every part of the look on one page."""

from datetime import timedelta
from typing import ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils import timezone

from orgs.presentation.forms import CountInput, DayInput, PictureChoice, PictureChoices
from orgs.presentation.pictograms import PATHS
from orgs.providers import Moment

KINDS = [
    ("attack", "Attaque contre des personnes"),
    ("clash", "Combat"),
    ("explosion", "Explosion, mine"),
    ("abduction", "Enlèvement"),
    ("sexual_violence", "Violence sexuelle"),
    ("cattle", "Vol de bétail, pillage"),
    ("road", "Danger sur la route"),
    ("displacement", "Gens qui fuient"),
    ("threat", "Menace, ultimatum"),
    ("land", "Terre, eau, pâturage"),
    ("tension", "Tension entre groupes"),
    ("rumour", "Rumeur"),
    ("protest", "Manifestation"),
    ("arrest", "Arrestation, abus"),
    ("closed", "École ou santé fermée"),
    ("other", "Autre chose"),
]
KNOWN = [("saw", "Je l’ai vu"), ("told", "On me l’a dit"), ("heard", "C’est un bruit qui court")]
HARMED = [("dead", "Morts"), ("injured", "Blessés"), ("missing", "Disparus"), ("displaced", "Déplacés")]


class StyleForm(forms.Form):
    """One field of each sort."""

    kind = forms.ChoiceField(label="Que se passe-t-il ?", choices=KINDS, widget=PictureChoice)
    known = forms.ChoiceField(label="Comment le savez-vous ?", choices=KNOWN, widget=PictureChoice)
    harmed = forms.MultipleChoiceField(
        label="Qui a souffert ?",
        choices=HARMED,
        widget=PictureChoices,
        required=False,
        help_text="Plusieurs possibles.",
    )
    place = forms.CharField(label="Où ?", help_text="Nom du village, du quartier ou de la route.")
    day = forms.DateField(label="Quel jour ?", widget=DayInput)
    dead = forms.IntegerField(label="Combien de morts ?", min_value=0, required=False, widget=CountInput)
    words = forms.CharField(label="Racontez", max_length=4000, widget=forms.Textarea, required=False)
    again = forms.ChoiceField(label="Encore ?", choices=[("y", "Oui"), ("n", "Non")], widget=forms.RadioSelect)
    zone = forms.ChoiceField(label="Zone", choices=[("m", "Mopti"), ("g", "Gao")])
    agree = forms.BooleanField(label="On peut me rappeler", help_text="Votre numéro reste caché.")


class StyleHost:
    """What the page shows besides the form."""

    facts: ClassVar[list[tuple[str, str]]] = [("Zone", "Cercle de Koro, Mopti"), ("Source", "B"), ("Vide", "")]


def style(request: HttpRequest) -> HttpResponse:
    """Every part of the look."""
    form = StyleForm({"harmed": ["dead"], "kind": "cattle"} if "wrong" in request.GET else None)
    if "public" in request.GET:
        return render(request, "style_public.html", {"form": form})
    now = timezone.now()
    moments = [
        Moment(now - timedelta(days=30), "Signalement reçu"),
        Moment(now - timedelta(hours=3), "Alerte envoyée", "12 personnes", "/"),
        Moment(None, "En attente d’une réponse", waits=True),
    ]
    rows = [["Koro", "3", "2"], ["Bandiagara", "12", "0"]]
    context = {"form": form, "names": PATHS, "moments": moments, "facts": StyleHost.facts, "rows": rows}
    context["headings"] = ["Cercle", "Incidents", "Alertes"]
    return render(request, "style.html", context)


urlpatterns = [path("style/", style, name="style"), path("", include("config.urls"))]
