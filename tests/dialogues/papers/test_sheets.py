"""Sheets for a facilitator: each in French with a second language beside it, or lines to write it on."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from dialogues.models import AgeBand, Group, PaperText, Session, SessionState
from dialogues.papers.pack import PARTS
from dialogues.papers.sections import priorities
from dialogues.papers.words import WORDS, second_languages
from dialogues.services.papers import keep_paper_text, print_sheets
from orgs.models import AuditEntry, Role, Tlp
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from tests.dialogues.papers.reading import bare, pages, text
from tests.factories import OrganisationFactory, person, signed_in, viewer
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Viewer:
    return viewer(Role.COORDINATOR, "Koro")


@pytest.fixture
def planned(who: Viewer) -> Session:
    from datetime import time, timedelta

    from django.utils import timezone

    return session(
        by=who, state=SessionState.PLANNED, held_on=timezone.localdate() + timedelta(days=9),
        agenda="Le puits\nLe prix #1", starts_at=time(9), ends_at=time(12, 30), spoken=("bambara",), people=0,
        tlp=Tlp.AMBER,
    )  # fmt: skip


@pytest.mark.parametrize("second", ["", "en", "bambara"])
@pytest.mark.parametrize("part", PARTS)
def test_each_sheet_is_one_page_with_its_marking(who: Viewer, planned: Session, part: str, second: str) -> None:
    (page,) = pages(print_sheets(viewer=who, row=planned, parts=[part], second=second))
    assert page.count("TLP:AMBER") == 2


def test_a_pack_has_its_sheets_in_order_and_what_is_known_before(who: Viewer, planned: Session) -> None:
    made = print_sheets(viewer=who, row=planned, parts=list(PARTS)[::-1])
    assert len(pages(made)) == len(PARTS)
    first = pages(made)[0]
    for words in ("Ordre du jour", "Le marché et le poste", "09:00 – 12:30", "Koro, sous le grand arbre", "Bambara"):
        assert words in first, words
    assert "Le prix #1" in first


def test_the_attendance_sheet_counts_by_sex_age_and_group_and_has_no_line_for_a_name(
    who: Viewer, planned: Session
) -> None:
    made = text(print_sheets(viewer=who, row=planned, parts=["attendance"]))
    with override("fr"):
        for label in [
            *(one.label for one in Group if one != Group.UNKNOWN),
            *(one.label for one in AgeBand if one != AgeBand.UNKNOWN),
        ]:
            assert bare(str(label)) in made, label
    assert "Femmes" in made
    assert "Signature" not in made


def test_beside_french_stands_english_or_what_a_speaker_wrote_or_lines(who: Viewer, planned: Session) -> None:
    consent = {"viewer": who, "row": planned, "parts": ["consent_name"]}
    assert bare("I may say no.") in text(print_sheets(**consent, second="en"))  # type: ignore[arg-type]
    assert bare("Je peux dire non.") in text(print_sheets(**consent, second="en"))  # type: ignore[arg-type]
    assert bare("I may say no.") not in text(print_sheets(**consent, second="bambara"))  # type: ignore[arg-type]
    PaperText.objects.create(key="name-2", language="bambara", words="Mɔgɔ bɛ se ka ban ɲɛ ŋ")
    assert bare("Mɔgɔ bɛ se ka ban ɲɛ ŋ") in text(print_sheets(**consent, second="bambara"))  # type: ignore[arg-type]
    assert bare("Mɔgɔ") not in text(print_sheets(**consent, second="fulfulde"))  # type: ignore[arg-type]


def test_the_language_of_the_page_does_not_change_the_sheets(who: Viewer, planned: Session) -> None:
    with override("en"):
        assert bare("Ordre du jour") in text(print_sheets(viewer=who, row=planned, parts=["agenda"]))


def test_a_session_that_is_red_leaves_nothing_of_itself_on_paper(who: Viewer) -> None:
    red = session(
        by=who, tlp=Tlp.RED, title="Le chef caché", agenda="Chez le forgeron", place_text="Derrière la colline"
    )
    made = text(print_sheets(viewer=who, row=red, parts=list(PARTS)))
    for words in ("caché", "forgeron", "colline", "Koro"):
        assert words not in made
    assert "TLP:RED" in made


def test_a_process_has_empty_sheets(who: Viewer) -> None:
    made = pages(print_sheets(viewer=who, row=ProcessFactory.create(title="Paix au puits"), parts=list(PARTS)))
    assert len(made) == len(PARTS)
    assert "Paix au puits" in made[0]


def test_priorities_to_rate_are_those_that_another_part_knows(
    who: Viewer, planned: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(priorities, "_given", [])
    priorities.register(lambda viewer, row: ["Réparer le puits [1]", "Payer les gardes"])
    made = text(print_sheets(viewer=who, row=planned, parts=["rating"]))
    assert bare("Réparer le puits [1]") in made
    assert bare("Payer les gardes") in made


@pytest.mark.parametrize(
    ("parts", "second", "field"),
    [([], "", "parts"), (["secret"], "", "parts"), (["agenda"], "klingon", "second"), (["agenda"], "sign", "second")],
)
def test_what_is_not_in_the_list_is_refused(
    who: Viewer, planned: Session, parts: list[str], second: str, field: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        print_sheets(viewer=who, row=planned, parts=parts, second=second)
    assert set(caught.value.error_dict) == {field}


def test_only_those_who_write_the_session_down_print_its_sheets_and_that_is_noted(planned: Session) -> None:
    organisation = OrganisationFactory.create()
    mine = session(organisation=organisation)
    print_sheets(viewer=viewer(Role.FACILITATOR, "Koro", organisation=organisation), row=mine, parts=["agenda"])
    entry = AuditEntry.objects.get(verb="printed")
    assert (entry.object_id, entry.facts) == (str(mine.pk), {"what": "sheets", "parts": ["agenda"], "second": ""})
    for role in (Role.FACILITATOR, Role.ANALYST, Role.LIAISON, Role.ADMINISTRATOR, Role.REPORTER):
        with pytest.raises(NotAllowed):
            print_sheets(viewer=viewer(role, "Koro"), row=mine, parts=["agenda"])


# --- Words of other languages --------------------------------------------------------------------------------------


def test_an_administrator_writes_the_words_of_a_language_in_admin() -> None:
    client = signed_in(person(Role.ADMINISTRATOR))
    answer = client.post("/admin/dialogues/papertext/add/", {"key": "yes", "language": "bambara", "words": "Ɔwɔ"})
    assert answer.status_code == 302, answer.content[-2000:]
    kept = PaperText.objects.get()
    assert (kept.key, kept.language, kept.words) == ("yes", "bambara", "Ɔwɔ")
    assert client.get(f"/admin/dialogues/papertext/{kept.pk}/change/").status_code == 200
    client.post(f"/admin/dialogues/papertext/{kept.pk}/change/", {"words": "Ɔwɔ dɛ"})
    kept.refresh_from_db()
    assert kept.words == "Ɔwɔ dɛ"
    assert list(AuditEntry.objects.filter(object_type="papertext").order_by("id").values_list("verb", flat=True)) == [
        "added_paper_text", "changed_paper_text",
    ]  # fmt: skip


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_does(role: Role) -> None:
    with pytest.raises(NotAllowed):
        keep_paper_text(viewer=viewer(role, "Koro"), text=PaperText(key="yes", language="bambara", words="Ɔwɔ"))
    client = signed_in(person(role, "Koro"))
    assert client.get("/admin/dialogues/papertext/").status_code in (302, 403)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"key": "nothing"}, "key"),
        ({"language": "klingon"}, "language"),
        ({"language": "sign"}, "language"),
        ({"words": "Appelez 76 12 34 56"}, "words"),
    ],
)
def test_words_that_belong_nowhere_or_hold_a_number_are_refused(fields: dict[str, str], wrong: str) -> None:
    row = PaperText(**{"key": "yes", "language": "bambara", "words": "Ɔwɔ", **fields})
    with pytest.raises(ValidationError) as caught:
        keep_paper_text(viewer=viewer(Role.ADMINISTRATOR), text=row)
    assert set(caught.value.error_dict) == {wrong}


def test_a_language_that_is_retired_is_offered_no_more_and_every_piece_has_a_short_key() -> None:
    from orgs.models import Term

    assert {"en", "bambara", "fulfulde", "songhay", "tamasheq"} <= {one.code for one in second_languages()}
    assert not {"fr", "sign"} & {one.code for one in second_languages()}
    Term.objects.filter(vocabulary="spoken", code="bozo").update(is_active=False)
    assert "bozo" not in {one.code for one in second_languages()}
    longest = PaperText._meta.get_field("key").max_length
    assert longest is not None
    assert max(map(len, WORDS)) <= longest
