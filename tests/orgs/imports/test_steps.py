"""From the preview to the directory and back: who is known, who may, what is written, what is taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from orgs import access
from orgs.models import (
    AuditEntry,
    Contact,
    ImportJob,
    ImportMode,
    ImportRow,
    ImportState,
    Organisation,
    OrganisationKind,
    ProvedHow,
    Role,
    RowOutcome,
    RowState,
)
from orgs.policy import Viewer
from orgs.services import contacts, import_applying, import_deciding, import_files, import_working, imports
from orgs.services.errors import NotAllowed
from tests.factories import ContactFactory, MembershipFactory, OrganisationFactory, area, viewer
from tests.orgs.imports.conftest import Bring
from tests.orgs.imports.files import csv_file

pytestmark = pytest.mark.django_db
HEAD = ["Organisation", "Sigle", "Cercle", "Téléphone", "Récépissé", "Thèmes"]


def states(job: ImportJob) -> dict[str, str]:
    return {row.parsed.get("name", ""): row.state for row in job.rows.filter(leader__isnull=True)}


# --- Who is known ------------------------------------------------------------------------------------------------


def test_known_by_legal_number_name_acronym_and_address(bring: Bring) -> None:
    legal = OrganisationFactory.create(name="Tout autre nom", legal_number="0123/G-DB", areas=["Koro"])
    name = OrganisationFactory.create(name="Femmes du Fleuve", areas=["Koro"])
    short = OrganisationFactory.create(name="Comité international", acronym="CIK", areas=["Koro"])
    slug = OrganisationFactory.create(slug="adresse-connue", areas=["Koro"])
    rows = [
        ["Organisation", "Récépissé", "#", "Adresse dans l’annuaire"],
        ["Nouveau nom", "0123 g db", "", ""],
        ["FEMMES  DU FLEUVE", "", "", ""],
        ["CIK", "", "", ""],
        ["Renommée", "", "", "adresse-connue"],
    ]
    job = bring(csv_file(rows))
    found = {row.parsed["name"]: (row.match_id, row.match_by) for row in job.rows.all()}
    assert found == {
        "Nouveau nom": (legal.pk, "legal"),
        "FEMMES DU FLEUVE": (name.pk, "name"),
        "CIK": (short.pk, "acronym"),
        "Renommée": (slug.pk, "slug"),
    }


def test_names_alike_same_phone_and_same_place_are_proposed(bring: Bring) -> None:
    alike = OrganisationFactory.create(name="Association Yirwa pour la paix", areas=["Koro"])
    called = OrganisationFactory.create(name="Union des éleveurs de Koro", areas=["Koro"])
    ContactFactory.create(organisation=called, phone="+22370123456")
    rows = [
        HEAD,
        ["Association Yiriwa pour la paix", "", "Koro"],
        ["Union éleveurs", "", "", "70123456"],
        ["Radio Neuve"],
    ]
    job = bring(csv_file(rows))
    first, second, third = job.rows.order_by("pk")
    assert first.state == RowState.LIKELY
    assert first.likely[0]["id"] == alike.pk
    assert first.likely[0]["why"] == ["name", "place"]
    assert second.likely[0]["id"] == called.pk
    assert "phone" in second.likely[0]["why"]
    assert third.state == RowState.CREATE


def test_a_person_decides_about_the_likely(bring: Bring, apply: Any) -> None:
    known = OrganisationFactory.create(name="Association Yirwa pour la paix", areas=["Koro"])
    names = ["Association Yiriwa pour la paix", "Association Yirwwa pour la paix", "Association Yirwaa pour la paix"]
    job = bring(csv_file([["Organisation", "Thèmes"], *([name, "Santé"] for name in names)]))
    first, second, third = job.rows.order_by("pk")
    choices = {first.pk: f"update:{known.pk}", second.pk: "create", third.pk: "skip"}
    import_deciding.decide(viewer=access.MACHINE, job=job, choices=choices)
    job = apply(job)
    assert job.counts["result"] == {"updated": 1, "created": 1, "skipped": 1}
    known.refresh_from_db()
    assert known.name == "Association Yirwa pour la paix"
    assert known.themes == ["health"]
    assert list(known.names.values_list("name", flat=True)) == [names[0]]
    assert Organisation.objects.filter(name=names[1]).exists()
    assert not Organisation.objects.filter(name=names[2]).exists()


def test_an_entry_that_was_not_proposed_cannot_be_chosen(bring: Bring) -> None:
    other = OrganisationFactory.create(name="Sans rapport aucun")
    job = bring(csv_file([HEAD, ["Nouvelle"]]))
    row = job.rows.get()
    import_deciding.decide(viewer=access.MACHINE, job=job, choices={row.pk: f"update:{other.pk}"})
    row.refresh_from_db()
    assert (row.match_id, row.decision) == (None, "create")


def test_the_same_file_again_changes_nothing_and_a_changed_one_updates(bring: Bring, apply: Any) -> None:
    rows = [HEAD, ["A", "AA", "Koro", "70000001", "R-12345", "Santé"], ["A", "AA", "Bankass", "", "", "Nutrition"]]
    apply(bring(csv_file(rows)))
    made = Organisation.objects.get(name="A")
    assert made.themes == ["health", "nutrition"]
    again = bring(csv_file(rows))
    assert again.counts["states"] == {"same": 1}
    rows[1][5] = "Dialogue et réconciliation"
    apply(bring(csv_file(rows)))
    made.refresh_from_db()
    assert made.themes == ["dialogue", "health", "nutrition"]
    assert Organisation.objects.filter(name="A").count() == 1
    assert Contact.objects.filter(organisation=made).count() == 1


def test_filling_gaps_leaves_what_is_known(bring: Bring, apply: Any) -> None:
    known = OrganisationFactory.create(name="A", founded=2001, areas=["Koro"])
    rows = [["Organisation", "Année de création", "Type"], ["A", "2010", "Réseau"]]
    apply(bring(csv_file(rows), fills_only=True))
    known.refresh_from_db()
    assert (known.founded, known.kind) == (2001, OrganisationKind.ASSOCIATION)
    apply(bring(csv_file(rows)))
    known.refresh_from_db()
    assert (known.founded, known.kind) == (2010, OrganisationKind.NETWORK)


# --- Who may -----------------------------------------------------------------------------------------------------


def test_a_coordinator_brings_own_areas_and_nowhere(bring: Bring, apply: Any) -> None:
    coordinator = viewer(Role.COORDINATOR, "Koro")
    OrganisationFactory.create(name="D", areas=["Gao"])
    rows = [HEAD, ["A", "", "Koro"], ["B", "", "Gao"], ["C", "", ""], ["D", "", "", "70000001"]]
    job = bring(csv_file(rows), viewer=coordinator)
    assert states(job) == {"A": "create", "B": "error", "C": "create", "D": "error"}
    problems = {row.parsed["name"]: [one["code"] for one in row.problems] for row in job.rows.all()}
    assert (problems["B"], problems["D"]) == (["not_yours"], ["known_not_yours"])
    with pytest.raises(ValidationError):
        imports.start(viewer=coordinator, job=job, mode=ImportMode.ALL)
    job = apply(job, viewer=coordinator, mode=ImportMode.VALID)
    assert job.counts["result"] == {"created": 2, "left": 2}
    assert not Organisation.objects.filter(name="B").exists()


@pytest.mark.parametrize("role", [role for role in Role.values if role not in (Role.COORDINATOR, Role.ADMINISTRATOR)])
def test_nobody_else_brings_files(role: str) -> None:
    with pytest.raises(NotAllowed):
        imports.bring_file(viewer=viewer(role, "Koro"), name="x.csv", chunks=[csv_file([HEAD, ["A"]])])


def test_a_file_is_its_bringers_and_administrators(bring: Bring) -> None:
    bringer, other, administrator = (
        viewer(Role.COORDINATOR, "Koro"), viewer(Role.COORDINATOR, "Koro"), viewer(Role.ADMINISTRATOR),
    )  # fmt: skip
    job = bring(csv_file([HEAD, ["A"]]), viewer=bringer)
    seen = [access.IMPORTS.rows(one).count() for one in (bringer, other, administrator)]
    lines = [access.IMPORT_ROWS.rows(one).count() for one in (bringer, other, administrator)]
    assert seen == lines == [1, 0, 1]
    for step in (imports.stop, imports.take_back, imports.reopen):
        with pytest.raises(NotAllowed):
            step(viewer=other, job=job)


def test_who_lost_their_post_brings_nothing_in(bring: Bring) -> None:
    post = MembershipFactory.create(role=Role.COORDINATOR, areas=["Koro"], organisation=None)
    coordinator = access.viewer_for(post.person)
    job = bring(csv_file([HEAD, ["A"]]), viewer=coordinator)
    imports.start(viewer=coordinator, job=job, mode=ImportMode.ALL)
    post.delete()
    import_working.work(job.pk)
    job.refresh_from_db()
    assert job.state == ImportState.FAILED
    assert not Organisation.objects.filter(name="A").exists()


# --- Two at once, and taking back ---------------------------------------------------------------------------------


def test_two_imports_of_one_file_add_it_once(bring: Bring, apply: Any) -> None:
    one, two = bring(csv_file([HEAD, ["A"]])), bring(csv_file([HEAD, ["A"]]))
    assert states(one) == states(two) == {"A": "create"}
    apply(one)
    assert apply(two).counts["result"] == {"same": 1}
    assert Organisation.objects.filter(name="A").count() == 1


def test_an_entry_merged_since_is_found_where_it_went(bring: Bring, apply: Any) -> None:
    old, new = OrganisationFactory.create(name="A"), OrganisationFactory.create(name="Z")
    job = bring(csv_file([HEAD, ["A", "", "Koro"]]))
    Organisation.objects.filter(pk=old.pk).update(merged_into=new)
    apply(job)
    assert list(new.areas.all()) == [area("Koro")]


def take_back(job: ImportJob, by: Viewer = access.MACHINE) -> ImportJob:
    imports.take_back(viewer=by, job=job)
    import_working.work(job.pk)
    job.refresh_from_db()
    assert job.state == ImportState.UNDONE
    return job


def test_taking_back_restores_what_was(bring: Bring, apply: Any) -> None:
    known = OrganisationFactory.create(name="A", acronym="", founded=2001, themes=["food"], areas=["Gao"])
    before = Organisation.objects.filter(pk=known.pk).values("acronym", "founded", "themes", "reach", "words").get()
    rows = [["Organisation", "Sigle", "Création", "Thèmes", "Cercle", "Tél", "Autres noms"]]
    rows += [["A", "AA", "2010", "Santé", "Koro", "70000001", "Ah"], ["B", "", "", "", "Koro", "70000002", "Bé"]]
    job = apply(bring(csv_file(rows)))
    known.refresh_from_db()
    assert (known.acronym, known.founded, known.themes) == ("AA", 2010, ["food", "health"])
    job = take_back(job)
    assert (
        Organisation.objects.filter(pk=known.pk).values("acronym", "founded", "themes", "reach", "words").get()
        == before
    )
    assert not Contact.objects.exists()
    assert not known.names.exists()
    assert not Organisation.objects.filter(name="B").exists()
    assert job.counts["result"] == {"restored": 1, "removed": 1}


def test_taking_back_leaves_what_somebody_changed_or_uses(bring: Bring, apply: Any) -> None:
    job = apply(bring(csv_file([HEAD, ["A"], ["B"], ["C"]])))
    Organisation.objects.filter(name="A").update(version=7)
    MembershipFactory.create(organisation=Organisation.objects.get(name="B"), role=Role.EDITOR, areas=["Koro"])
    job = take_back(job)
    assert job.counts["result"] == {"kept": 1, "retired": 1, "removed": 1}
    assert Organisation.objects.get(name="B").state == "retired"
    assert set(Organisation.objects.filter(name__in="ABC").values_list("name", flat=True)) == {"A", "B"}
    with pytest.raises(NotAllowed):
        imports.take_back(viewer=access.MACHINE, job=job)


def _change(contact: Contact, viewer: Viewer) -> None:
    given = contacts.Given(name="Awa", phone=contact.phone)
    contacts.change_contact(viewer=viewer, contact=contact, given=given, mark=contacts.mark_of(contact))


def _end(contact: Contact, viewer: Viewer) -> None:
    contacts.end_contact(viewer=viewer, contact=contact)


def _reach(contact: Contact, viewer: Viewer) -> None:
    contacts.note_works(viewer=viewer, contact=contact, how=ProvedHow.CALL)


def _fail(contact: Contact, viewer: Viewer) -> None:
    contacts.note_fails(viewer=viewer, contact=contact)


@pytest.mark.parametrize("touch", [_change, _end, _reach, _fail])
def test_taking_back_leaves_an_entry_whose_contact_somebody_worked_on(bring: Bring, apply: Any, touch: Any) -> None:
    OrganisationFactory.create(name="A")
    rows = [["Organisation", "Tél"], ["A", "70000001"], ["B", "70000002"], ["C", "70000003"], ["D", "70000004"]]
    job = apply(bring(csv_file(rows)))
    administrator = viewer(Role.ADMINISTRATOR)
    for name in ("A", "C"):
        touch(Contact.objects.get(organisation__name=name), administrator)
    job = take_back(job)
    assert job.counts["result"] == {"kept": 2, "removed": 2}
    assert set(Contact.objects.values_list("organisation__name", "phone")) == {
        ("A", "+22370000001"),
        ("C", "+22370000003"),
    }
    assert set(Organisation.objects.filter(name__in="ABCD").values_list("name", flat=True)) == {"A", "C"}


# --- Forgetting, audit, command ------------------------------------------------------------------------------------


def test_lines_and_file_are_forgotten_after_a_month_and_numbers_stay(
    bring: Bring, apply: Any, django_capture_on_commit_callbacks: Any
) -> None:
    job = apply(bring(csv_file([HEAD, ["A", "", "", "70000001"]])))
    assert list(import_files.folder().iterdir())
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in import_files.folder().iterdir())
    ImportJob.objects.update(created_at=timezone.now() - timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):
        assert import_files.forget_old() == 1
    job.refresh_from_db()
    assert not ImportRow.objects.exists()
    assert not list(import_files.folder().iterdir())
    assert (job.sheets, job.mapping, job.counts["result"]) == ([], {}, {"created": 1})
    assert not imports.may_take_back(job)


def test_giving_up_deletes_the_file(bring: Bring, django_capture_on_commit_callbacks: Any) -> None:
    job = bring(csv_file([HEAD, ["A"]]))
    with django_capture_on_commit_callbacks(execute=True):
        imports.stop(viewer=access.MACHINE, job=job)
    assert not list(import_files.folder().iterdir())
    assert not ImportRow.objects.exists()


def test_the_audit_log_has_numbers_and_no_words(bring: Bring, apply: Any) -> None:
    job = apply(bring(csv_file([HEAD, ["Femmes du Fleuve", "FF", "Koro", "70000001"]])))
    entries = list(AuditEntry.objects.filter(verb__contains="import"))
    assert {"brought_import", "started_import", "applied_import", "imported_organisation"} <= {e.verb for e in entries}
    written = " ".join(str(entry.facts) for entry in entries)
    assert "Fleuve" not in written
    assert "70000001" not in written
    assert f"{job.pk}" in written


def test_the_command_says_what_would_happen_and_writes_only_when_told(tmp_path: Any, capsys: Any) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes(csv_file([["Structure bizarre", "Sigle"], ["A", "AA"], ["B", "BB"]]))
    call_command("import_organisations", path, "--mapping", "Structure bizarre=name")
    assert not Organisation.objects.filter(name__in="AB").exists()
    call_command("import_organisations", path, "--mapping", "Structure bizarre=name", "--apply")
    assert Organisation.objects.filter(name__in="AB").count() == 2
    assert "2  Ajoutée" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("import_organisations", tmp_path / "absent.csv")
    with pytest.raises(CommandError):
        call_command("import_organisations", path, "--sheet", "Nulle part")


def test_the_command_goes_on_where_it_was_interrupted(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes(csv_file([["Organisation"], *([f"Org {number}"] for number in range(30))]))
    monkeypatch.setattr(import_applying, "CHUNK", 10)
    chunk, times = import_applying._Work.chunk, []

    def interrupted(work: Any, rows: Any) -> None:
        times.append(1)
        if len(times) == 3:
            raise KeyboardInterrupt
        chunk(work, rows)

    monkeypatch.setattr(import_applying._Work, "chunk", interrupted)
    with pytest.raises(CommandError, match="reste"):
        call_command("import_organisations", path, "--apply", "--valid-rows-only")
    assert Organisation.objects.filter(name__startswith="Org ").count() == 20
    call_command("import_organisations", path, "--apply", "--valid-rows-only")
    assert Organisation.objects.filter(name__startswith="Org ").count() == 30
    assert ImportRow.objects.filter(outcome=RowOutcome.CREATED).count() == 30
