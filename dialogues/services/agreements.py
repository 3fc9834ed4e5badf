"""Writing agreements, their provisions, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogues.access import (
    AGREEMENTS,
    assessing_organisations,
    may_begin_agreement,
    may_edit_agreement,
    may_write_agreement_in,
)
from dialogues.models import (
    Agreement,
    AgreementKind,
    Assessment,
    IncidentTouches,
    Provision,
    Verdict,
)
from dialogues.models.agreements import SHARED
from dialogues.services.problems import Problems, hold_words, raise_any
from incidents.access import INCIDENTS
from incidents.models import Incident
from incidents.services.steps import note
from orgs.models import Area, AreaColumns
from orgs.policy import Viewer
from orgs.services.errors import Faster, NotAllowed
from orgs.wording import held_words

EARLIEST = date(1960, 1, 1)
MOST_PARTIES = 30
MOST_PROVISIONS = 200
LONGEST = {"number": 20, "words": 500, "benchmark": 300}


@dataclass(frozen=True)
class AgreementSaid:
    """What somebody writes of an agreement. Without an area it is for the whole country."""

    title: str
    kind: str
    signed_on: date
    area: Area | None = None
    place_text: str = ""
    parties: tuple[str, ...] = ()
    source: str = ""
    ended_on: date | None = None
    ended_how: str = ""
    tlp: str = "clear"

    @property
    def columns(self) -> AreaColumns:
        """The columns of the area."""
        return AreaColumns() if self.area is None else self.area.ancestry_ids


@dataclass(frozen=True)
class ProvisionSaid:
    """One line: what was promised, by what one would see it, by when."""

    number: str
    words: str
    benchmark: str = ""
    due_on: date | None = None


def keep_agreement(
    *,
    viewer: Viewer,
    said: AgreementSaid,
    agreement: Agreement | None = None,
    version: int | None = None,
    is_demo: bool = False,
) -> Agreement:
    """Enter an agreement, or change one that was at ``version`` when it was shown.

    Raises ``ValidationError`` by field of ``AgreementSaid``, ``Faster``, ``NotAllowed``.
    """
    _check_agreement(said)
    with transaction.atomic():
        if agreement is None:
            if not may_begin_agreement(viewer):
                raise NotAllowed
            row = Agreement(made_by_id=viewer.user_id, version=0, is_demo=is_demo)
        else:
            row = _hold(viewer, agreement, version)
        columns = (row.region_id, row.cercle_id, row.commune_id)
        # Whoever began an agreement keeps it, though their own areas have changed since: but only where it lies.
        moved = agreement is None or columns != tuple(said.columns)
        if moved and not may_write_agreement_in(viewer, said.columns):
            raise ValidationError({"area": _("You write agreements of your own areas only.")})
        row.region_id, row.cercle_id, row.commune_id = said.columns
        for name in ("title", "kind", "signed_on", "place_text", "source", "ended_on", "ended_how", "tlp"):
            setattr(row, name, getattr(said, name))
        row.parties = list(said.parties)
        row.version += 1
        row.save()
        note(viewer, row, "recorded" if agreement is None else "edited", version=row.version)
    return row


def write_provisions(*, viewer: Viewer, agreement: Agreement, lines: Sequence[ProvisionSaid], version: int) -> int:
    """Write the list of provisions as a whole: a number that stands already is changed, a new one is added.

    Words that somebody has assessed stay as they are, and so does their line: an assessment says what became of these
    words and of no others. Raises ``ValidationError`` for ``lines``.
    """
    _check_lines(lines)
    with transaction.atomic():
        held = _hold(viewer, agreement, version)
        # Held, so that nobody assesses words while they are changed: whoever is assessing is waited for.
        present = {row.number: row for row in held.provisions.select_for_update(of=("self",))}
        assessed = set(held.provisions.filter(assessments__isnull=False).values_list("pk", flat=True))
        wanted = {line.number: line for line in lines}
        gone = [row for number, row in present.items() if number not in wanted]
        _refuse_assessed(gone, [row for row in present.values() if row not in gone], wanted, assessed)
        Provision.objects.filter(pk__in=[row.pk for row in gone]).delete()
        _write_lines(held, present, lines)
        held.version += 1
        held.save(update_fields=["version", "updated_at"])
        note(viewer, held, "listed", provisions=len(lines), version=held.version)
    return len(lines)


def assess(
    *,
    viewer: Viewer,
    provision: Provision,
    assessor: int,
    verdict: str,
    as_of: date,
    words: str = "",
    evidence: str = "",
    is_demo: bool = False,
) -> Assessment:
    """Say for an organisation (its number) what became of a provision. Earlier ones stay; nothing is changed."""
    agreement = provision.agreement
    if not AGREEMENTS.sees(viewer, agreement) or not assessing_organisations(viewer).filter(pk=assessor).exists():
        raise NotAllowed(_("You do not speak for this organisation."))
    problems: Problems = {}
    if verdict not in Verdict.values:
        problems["verdict"] = [_("Choose one of the list.")]
    if as_of > timezone.localdate():
        problems["as_of"] = [_("This day has not come yet.")]
    elif as_of < agreement.signed_on:
        problems["as_of"] = [_("The agreement was not signed yet on this day.")]
    if verdict in (Verdict.BROKEN, Verdict.PARTLY) and not words:
        problems["words"] = [_("Write in a sentence why.")]
    hold_words(problems, words=words, evidence=evidence)
    raise_any(problems)
    with transaction.atomic():
        Provision.objects.select_for_update(of=("self",), no_key=True).get(pk=provision.pk)
        last = provision.assessments.filter(assessor=assessor).order_by("-pk").first()
        said = (verdict, as_of, words, evidence, viewer.user_id)
        if last is not None and said == (last.verdict, last.as_of, last.words, last.evidence, last.written_by_id):
            return last  # the button was pressed twice
        row = Assessment.objects.create(
            provision=provision, assessor_id=assessor, verdict=verdict, as_of=as_of, words=words, evidence=evidence,
            written_by_id=viewer.user_id, is_demo=is_demo,
        )  # fmt: skip
        note(viewer, row, "assessed", verdict=verdict, provision=provision.pk)
    return row


def link_incident(*, viewer: Viewer, provision: Provision, ref: str) -> IncidentTouches:
    """Say that an incident touches a provision. Only what one sees oneself can be linked, nothing that was made up for
    an exercise; twice is once."""
    if not may_edit_agreement(viewer, provision.agreement):
        raise NotAllowed
    incident = INCIDENTS.rows(viewer, Incident.objects.filter(ref=ref.strip().upper(), exercise__isnull=True)).first()
    if incident is None:
        raise ValidationError({"ref": _("There is no incident with this reference.")})
    with transaction.atomic():
        row, made = IncidentTouches.objects.get_or_create(
            provision=provision, incident=incident, defaults={"linked_by_id": viewer.user_id}
        )
        if made:
            note(viewer, row, "linked", provision=provision.pk, incident=incident.pk)
    return row


def unlink_incident(*, viewer: Viewer, touch: IncidentTouches) -> None:
    """Take such a link back."""
    if not may_edit_agreement(viewer, touch.provision.agreement) or not INCIDENTS.sees(viewer, touch.incident):
        raise NotAllowed
    with transaction.atomic():
        note(viewer, touch, "unlinked", provision=touch.provision_id, incident=touch.incident_id)
        touch.delete()


def _hold(viewer: Viewer, agreement: Agreement, version: int | None) -> Agreement:
    held = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    if not may_edit_agreement(viewer, held):
        raise NotAllowed
    if version is not None and held.version != version:
        raise Faster(held.version)
    return held


def _check_agreement(said: AgreementSaid) -> None:
    problems: Problems = {}
    if not said.title:
        problems["title"] = [_("Give it a title.")]
    if said.kind not in AgreementKind.values:
        problems["kind"] = [_("Choose one of the list.")]
    elif said.kind != AgreementKind.NATIONAL and said.area is None:
        problems["area"] = [_("Say in which area: only a national agreement is for the whole country.")]
    if said.tlp not in SHARED:
        problems["tlp"] = [_("Choose one of the list.")]
    today = timezone.localdate()
    if not EARLIEST <= said.signed_on <= today:
        problems["signed_on"] = [_("An agreement is signed between %(year)d and today.") % {"year": EARLIEST.year}]
    if said.ended_on is not None and not said.signed_on <= said.ended_on <= today:
        problems["ended_on"] = [_("It ends after it was signed, and not later than today.")]
    if len(said.parties) > MOST_PARTIES or any(len(one) > 200 for one in said.parties):
        problems["parties"] = [_("At most %(n)d parties, each of 200 characters.") % {"n": MOST_PARTIES}]
    hold_words(
        problems,
        title=said.title,
        place_text=said.place_text,
        source=said.source,
        ended_how=said.ended_how,
        parties="\n".join(said.parties),
    )
    raise_any(problems)


def _check_lines(lines: Sequence[ProvisionSaid]) -> None:
    found: list[str] = []
    if len(lines) > MOST_PROVISIONS:
        found.append(_("At most %(n)d provisions.") % {"n": MOST_PROVISIONS})
    seen: set[str] = set()
    for place, line in enumerate(lines, start=1):
        where = {"n": place}
        if not line.number or not line.words:
            found.append(_("Line %(n)d: write its number and what was promised.") % where)
        if line.number in seen:
            found.append(_("Line %(n)d: this number stands in two lines.") % where)
        seen.add(line.number)
        if any(len(getattr(line, name)) > longest for name, longest in LONGEST.items()):
            found.append(_("Line %(n)d is too long.") % where)
        found += [
            _("Line %(n)d: %(why)s") % {"n": place, "why": why}
            for why in held_words(f"{line.number}\n{line.words}\n{line.benchmark}")
        ]
    if found:
        raise ValidationError({"lines": found})


def _refuse_assessed(
    gone: list[Provision], staying: list[Provision], wanted: dict[str, ProvisionSaid], assessed: set[int]
) -> None:
    kept = [row.number for row in gone if row.pk in assessed]
    if kept:
        words = _("%(numbers)s: this was assessed, so it stays in the list.")
        raise ValidationError({"lines": words % {"numbers": ", ".join(kept)}})
    changed = [row.number for row in staying if row.pk in assessed and row.words != wanted[row.number].words]
    if changed:
        words = _("%(numbers)s: this was assessed, so its words stay as they are.")
        raise ValidationError({"lines": words % {"numbers": ", ".join(changed)}})


def _write_lines(agreement: Agreement, present: dict[str, Provision], lines: Sequence[ProvisionSaid]) -> None:
    rows = []
    for place, line in enumerate(lines):
        row = present.get(line.number) or Provision(agreement=agreement, number=line.number)
        row.position, row.words, row.benchmark, row.due_on = place, line.words, line.benchmark, line.due_on
        rows.append(row)
    Provision.objects.bulk_create([row for row in rows if row.pk is None])
    Provision.objects.bulk_update(
        [row for row in rows if row.pk is not None], ["position", "words", "benchmark", "due_on"]
    )
