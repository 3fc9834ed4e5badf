"""The parts of the look, by what they put on a page."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import get_template
from django.utils import translation

from orgs import providers
from orgs.access import ANYONE
from orgs.models import Role, Tlp
from orgs.policy import Viewer
from orgs.presentation import badges, navigation, pictograms, times
from orgs.presentation.forms import CountInput, DayInput, PictureChoice, PictureChoices

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def render(source: str, **context: object) -> str:
    return Template("{% load passerelle %}" + source).render(Context(context)).strip()


# --- Pictograms and badges ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(pictograms.PATHS))
def test_a_pictogram_is_small_sound_and_silent(name: str) -> None:
    drawn = pictograms.drawing(name)
    assert len(drawn.encode()) <= 300
    svg = ElementTree.fromstring(drawn)  # noqa: S314
    assert svg.get("aria-hidden") == "true"
    assert re.fullmatch(r"[MmLlHhVvCcSsAaZz0-9 .,\-]+", svg[0].attrib["d"])


def test_a_pictogram_alone_speaks_and_an_unknown_one_is_nothing() -> None:
    assert 'role="img" aria-label="Vache &lt;3"' in pictograms.drawing("cattle", "Vache <3")
    assert render('{% pictogram "no such thing" %}') == ""


def test_severities_differ_by_word_and_by_shape() -> None:
    with translation.override("fr"):
        shown = [badges.severity_badge(level) for level in ("minor", "moderate", "severe", "extreme", "unknown")]
    words = [re.sub("<[^>]+>", "", badge) for badge in shown]
    shapes = [re.findall(r'd="([^"]+)"', badge)[0] for badge in shown]
    assert words == ["Faible", "Moyen", "Grave", "Extrême", "Gravité inconnue"]
    assert len(set(shapes)) == 5
    assert "sev-unknown" in badges.severity_badge("worse than ever")


@pytest.mark.parametrize("marking", Tlp.values)
def test_every_marking_shows_its_official_name(marking: str) -> None:
    assert Tlp(marking).label in badges.marking_badge(marking)


def test_a_marking_says_who_may_read() -> None:
    with translation.override("fr"):
        assert "pour les personnes nommées seulement" in badges.marking_badge("TLP:RED", with_readers=True)
    assert badges.marking_badge("purple") == ""


def test_a_state_is_escaped() -> None:
    assert "&lt;b&gt;" in render('{% state label "done" %}', label="<b>")


# --- Times -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=5), "à l’instant"),
        (timedelta(minutes=59), "il y a 59 min"),
        (timedelta(hours=3), "il y a 3 h"),
        (timedelta(days=1, hours=2), "il y a 1 jour"),
        (timedelta(days=6), "il y a 6 jours"),
        (timedelta(days=8), "13 novembre 2026 12:00"),
        (-timedelta(hours=2), "dans 2 h"),
    ],
)
def test_times_are_said_as_people_say_them(ago: timedelta, said: str) -> None:
    with translation.override("fr"):
        assert times.spoken(NOW - ago, now=NOW) == said


def test_a_time_carries_the_exact_one() -> None:
    moment = datetime.now(UTC) - timedelta(hours=3)
    with translation.override("fr"):
        shown = render('{% when moment "exact" %}', moment=moment)
    assert f'datetime="{moment.isoformat()}"' in shown
    assert "il y a 3 h (" in shown
    assert times.exact(date(2026, 1, 2)).startswith("2 ")
    assert render("{% when moment %}", moment=None) == ""


# --- Forms -------------------------------------------------------------------------------------------------------


class Example(forms.Form):
    kind = forms.ChoiceField(
        label="Quoi ?", choices=[("cattle", "Vol"), ("x", "Autre")], widget=PictureChoice(pictograms={"x": "other"})
    )
    harmed = forms.MultipleChoiceField(choices=[("dead", "Morts")], widget=PictureChoices, required=False)
    place = forms.CharField(label="Où ?", help_text="Village ou route.")
    day = forms.DateField(label="Quand ?", widget=DayInput, initial=date(2026, 11, 21))
    dead = forms.IntegerField(widget=CountInput, min_value=0, required=False)
    agree = forms.BooleanField(label="D’accord")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> None:
        if self.data:
            raise forms.ValidationError("Tout <est> faux")


def test_a_form_has_labels_above_hints_and_pictures() -> None:
    with translation.override("fr"):
        shown = str(Example())
    assert shown.index('for="id_place">Où ?') < shown.index("Village ou route.") < shown.index('id="id_place"')
    assert "<legend>Quoi ?" in shown
    assert shown.count('class="pic"') == 3
    assert 'value="2026-11-21"' in shown
    assert "(facultatif)" in shown
    assert 'type="hidden" name="secret"' in shown
    assert "summary" not in shown


def test_what_is_wrong_is_said_twice_and_linked() -> None:
    with translation.override("fr"):
        shown = str(Example({"place": ""}))
    assert "5 choses à corriger" in shown
    assert 'href="#id_kind_0"' in shown
    assert 'href="#id_place"' in shown
    assert 'id="id_place_error"' in shown
    assert "Tout &lt;est&gt; faux" in shown
    assert shown.index("summary") < shown.index("<legend>")


def test_a_choice_made_stays_made() -> None:
    shown = str(Example({"kind": "x", "harmed": ["dead"]}))
    assert re.search(r'value="x" id="id_kind_1" checked', shown)
    assert re.search(r'value="dead" id="id_harmed_0" checked', shown)
    assert not re.search(r'value="cattle"[^>]* checked', shown)


def test_one_field_alone() -> None:
    shown = render("{% field form.place %}", form=Example())
    assert 'class="field"' in shown
    assert "id_place_helptext" in shown


def test_capture_wants_a_name() -> None:
    with pytest.raises(TemplateSyntaxError):
        render("{% capture %}{% endcapture %}")


@pytest.mark.parametrize(("value", "total", "width"), [(3, 12, "25"), (0, 0, "0"), (9, 3, "100"), (1, 3, "33.3")])
def test_a_bar_is_as_long_as_its_share(value: int, total: int, width: str) -> None:
    assert f'<rect width="{width}"' in render("{% bar value total %}", value=value, total=total).split("/>", 1)[1]


def test_a_table_names_each_cell_for_small_screens() -> None:
    shown = get_template("parts/table.html").render({"caption": "C", "headings": ["A", "B"], "rows": [["a", 1], ["b"]]})
    assert '<th scope="row">a</th><td data-label="B">1</td>' in shown
    assert '<th scope="row">b</th><td data-label="B"></td>' in shown


# --- Pages that must stand alone ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_need_nothing(name: str) -> None:
    with translation.override("fr"):
        shown = get_template(name).render({})
    assert 'lang="fr"' in shown
    assert shown.count("<h1>") == 1
    assert re.search(r"<h1>\s*</h1>", shown) is None


def test_no_template_breaks_the_security_policy() -> None:
    found = []
    for path in sorted(Path(settings.BASE_DIR, "templates").rglob("*.html")):
        if {"email", "admin"} & set(path.parts):
            continue
        text = path.read_text()
        inline = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>|<style|\sstyle=|\son[a-z]+=\"", text)
        outside = re.findall(r"(?:src|action)=[\"']https?:|<link[^>]+href=[\"']https?:", text)
        found += [(path.name, *inline, *outside)] if inline or outside else []
    assert found == []


def test_the_stylesheets_load_nothing_and_stay_small() -> None:
    folder = Path(settings.BASE_DIR, "static", "css")
    for name, most in (("passerelle.css", 12_000), ("desk.css", 16_000)):
        text = (folder / name).read_text()
        assert "url(" not in text
        assert "@import" not in text
        assert len(text.encode()) <= most


# --- The way round the site ---------------------------------------------------------------------------------------


def shown_tasks(
    monkeypatch: pytest.MonkeyPatch, *roles: str, path: str = "/", **waiting: int
) -> list[tuple[str, int, str]]:
    monkeypatch.setattr(navigation, "is_served", lambda address, urlconf: True)
    shown = navigation.tasks_for(roles, path=path, waiting=waiting)
    return [(task.address, task.waiting, task.current) for task in shown]


def test_a_coordinator_sees_four_tasks_and_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown_tasks(monkeypatch, Role.COORDINATOR, path="/incidents/ML-1/", desk=12) == [
        ("/desk/", 12, ""),
        ("/incidents/", 0, "true"),
        ("/alerts/", 0, ""),
        ("/dialogues/", 0, ""),
    ]
    assert [task.address for task in navigation.other_tasks_for([Role.COORDINATOR])] == ["/orgs/", "/report/"]


def test_who_has_no_role_may_still_report(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown_tasks(monkeypatch) == [("/", 0, "page"), ("/report/", 0, "")]


@pytest.mark.parametrize("role", Role.values)
def test_every_role_has_its_tasks(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = shown_tasks(monkeypatch, role)
    beside = {task.address for task in navigation.other_tasks_for([role])}
    assert {navigation.TASKS[key].address for key in navigation.TASKS_BY_ROLE[role]} <= {
        one[0] for one in shown
    } | beside
    assert 2 <= len(shown) <= 4
    assert role in navigation.TASKS_BY_ROLE


def test_the_bar_never_leads_to_a_dead_end() -> None:
    assert navigation.is_served("/", None)
    assert not navigation.is_served("/no/such/page/", None)


def test_providers_are_asked_in_order_and_once() -> None:
    asked: providers.Providers[[Viewer], str] = providers.Providers()

    def first(viewer: Viewer) -> list[str]:
        return ["a", "b"] if viewer is ANYONE else []

    @asked.register
    def second(viewer: Viewer) -> list[str]:
        return ["c"]

    asked.register(first)
    asked.register(first)
    assert asked.collect(ANYONE) == ["c", "a", "b"]
    assert asked.collect(Viewer(user_id=1)) == ["c"]
