"""Merging two entries of the directory that are one organisation, and undoing it.

Everything that pointed at the one that goes points at the one that is kept, and ``Merge.record`` says what was moved,
changed and added, so that all of it can be put back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import audit
from orgs.access import merges as access
from orgs.models import (
    FactSource,
    Membership,
    Merge,
    NameKind,
    NotDuplicate,
    Organisation,
    OrganisationName,
    OrganisationState,
    name_key,
)
from orgs.policy import Viewer
from orgs.services import directory_index
from orgs.services.errors import NotAllowed
from orgs.services.memberships import actor_of
from orgs.services.merge_choices import from_gone, values_of
from orgs.services.merge_links import Link, links, model_of, move, put

AREAS_OF_POSTS = Membership.areas.through


@dataclass
class Record:
    """What a merge did, as ``Merge.record`` keeps it."""

    moved: list[dict[str, Any]] = field(default_factory=list)
    stayed: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    added: list[dict[str, Any]] = field(default_factory=list)

    def change(self, row: models.Model, values: Mapping[str, Any]) -> None:
        """Write these columns of a row, and note what they were."""
        before = {name: plain(getattr(row, name)) for name in values}
        type(row)._base_manager.filter(pk=row.pk).update(**values)
        after = {name: plain(value) for name, value in values.items()}
        self.changed.append({"model": row._meta.label, "id": row.pk, "before": before, "after": after})

    def add(self, rows: Sequence[models.Model], names: tuple[str, ...]) -> None:
        """Note new rows, with the columns by which it is seen later that they are still the same."""
        if rows:
            made = [{"id": row.pk, **{name: plain(getattr(row, name)) for name in names}} for row in rows]
            self.added.append({"model": rows[0]._meta.label, "rows": made})

    def numbers(self) -> dict[str, int]:
        """How much was moved, for the audit log."""
        moved = sum(len(one["ids"]) for one in self.moved)
        return {"moved": moved, "stayed": sum(len(one["ids"]) for one in self.stayed)}


def plain(value: Any) -> Any:
    """A value as JSON keeps it, nothing lost."""
    return value.isoformat() if isinstance(value, date | datetime) else value


# --- Merging -----------------------------------------------------------------------------------------------------


@transaction.atomic
def merge_organisations(
    *,
    viewer: Viewer,
    kept: Organisation,
    gone: Organisation,
    choices: Mapping[str, str],
    people_confirmed: bool = False,
) -> Merge:
    """Make ``gone`` part of ``kept``. ``choices`` say by part (``merge_choices.PARTS``) whose value stays.

    People, and with them what they may read, go along only if that is confirmed. Raises ``NotAllowed`` and
    ``ValidationError``.
    """
    kept, gone = _held(kept.pk, gone.pk)
    if not access.may_merge(viewer, kept, gone):
        raise NotAllowed(_("These two entries cannot be merged by you, or not any more."))
    if people_confirmed is False and moves_people(gone):
        words = _("Confirm that the people of this entry, and what was sent to it, go along.")
        raise ValidationError({"people": words})
    record = Record()
    _join_posts(record, kept, gone)
    _take_sources(record, kept, gone, choices)
    for link in links():
        ids = list(link.rows(gone.pk).order_by("pk").values_list("pk", flat=True))
        moved, stayed = move(link, ids, to=kept.pk)
        for name, numbers in (("moved", moved), ("stayed", stayed)):
            if numbers:
                getattr(record, name).append({"model": link.label, "field": link.field, "ids": numbers})
    _take_values(record, kept, gone, choices)
    merge = Merge.objects.create(kept=kept, gone=gone, record=record.__dict__, made_by=actor_of(viewer))
    directory_index.refresh([kept.pk, gone.pk])
    audit.record(actor_of(viewer), "merged_organisation", kept, gone=gone.pk, merge=merge.pk, **record.numbers())
    return merge


def moves_people(gone: Organisation) -> bool:
    """Whether people, or what was sent to them, would go along."""
    return any(link.rows(gone.pk).exists() for link in links() if carries_people(link))


def carries_people(link: Link) -> bool:
    """Whether moving these rows changes who may read what: posts, deliveries, with whom AMBER is shared."""
    return link.label in ("orgs.Membership", "orgs.Organisation_serves") or link.label.startswith(
        ("incidents.", "dialogues.")
    )


def _held(first: int, second: int) -> tuple[Organisation, Organisation]:
    """Both entries, held until the transaction ends, always in one order: two merges never wait for each other."""
    rows = {
        one.pk: one for one in Organisation.objects.select_for_update().filter(pk__in=[first, second]).order_by("pk")
    }
    if len(rows) != 2:
        raise NotAllowed
    return rows[first], rows[second]


def _join_posts(record: Record, kept: Organisation, gone: Organisation) -> None:
    """A person with the same post in both: the kept one's counts, with the areas and the time of both.

    The other would else go on beside it, for an organisation that is not there any more, where no barrier looks for
    it: whoever is kept from what their service is accused of must not come back by an old post.
    """
    now = timezone.now()
    posts = {(post.person_id, post.role): post for post in Membership.objects.filter(organisation=kept)}
    current = Membership.objects.filter(organisation=gone).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    doubles = [(old, posts[key]) for old in current if (key := (old.person_id, old.role)) in posts]
    numbers = [post.pk for pair in doubles for post in pair]
    tied = set(AREAS_OF_POSTS.objects.filter(membership__in=numbers).values_list("membership_id", "area_id"))
    rows = []
    for old, post in doubles:
        if post.ends_at is not None and (old.ends_at is None or old.ends_at > post.ends_at):
            record.change(post, {"ends_at": old.ends_at})
        record.change(old, {"ends_at": now})
        areas = {area for number, area in tied if number == old.pk and (post.pk, area) not in tied}
        rows += [AREAS_OF_POSTS(membership_id=post.pk, area_id=area) for area in sorted(areas)]
    record.add(AREAS_OF_POSTS.objects.bulk_create(rows), ("membership_id", "area_id"))


def _take_sources(record: Record, kept: Organisation, gone: Organisation, choices: Mapping[str, str]) -> None:
    """A value that comes from the other entry comes with its source."""
    theirs = {one.field: one for one in FactSource.objects.filter(organisation=gone)}
    taken = {name.removesuffix("_id") for name in from_gone(kept, gone, choices)}
    for mine in FactSource.objects.filter(organisation=kept, field__in=taken & set(theirs)):
        other = theirs[mine.field]
        record.change(mine, {"source": other.source, "as_of": other.as_of})


def _take_values(record: Record, kept: Organisation, gone: Organisation, choices: Mapping[str, str]) -> None:
    """The chosen values; and all names that are not its own any more become other names of the kept entry."""
    values = values_of(kept, gone, choices)
    name, acronym = values.get("name", kept.name), values.get("acronym", kept.acronym)
    if "name" in values:
        values["name_key"] = name_key(name)
    if values:
        record.change(kept, values)
    record.change(gone, {"merged_into_id": kept.pk, "state": OrganisationState.RETIRED})
    there = {name, acronym, *OrganisationName.objects.filter(organisation=kept).values_list("name", flat=True)}
    wanted = {
        **dict.fromkeys((kept.acronym, gone.acronym), NameKind.SHORT),
        **dict.fromkeys((kept.name, gone.name), NameKind.SPELLING),
    }
    rows = OrganisationName.objects.bulk_create(
        OrganisationName(organisation=kept, name=one, kind=kind)
        for one, kind in wanted.items()
        if one and one not in there
    )
    record.add(rows, ("organisation_id", "name", "kind"))
    both = Organisation.objects.filter(pk__in=[kept.pk, gone.pk])
    both.update(version=models.F("version") + 1, updated_at=timezone.now())


# --- Undoing -----------------------------------------------------------------------------------------------------


@transaction.atomic
def undo_merge(*, viewer: Viewer, merge: Merge) -> list[dict[str, Any]]:
    """Put everything back as it was before. What somebody changed since is left as it is, and given back.

    Raises ``NotAllowed``, and ``ValidationError`` where a later merge must be undone first.
    """
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    kept, gone = _held(merge.kept_id, merge.gone_id)
    if not access.may_undo(viewer, merge):
        raise NotAllowed(_("This merge was undone already, or is not yours to undo."))
    pair = [kept.pk, gone.pk]
    later = Merge.objects.filter(Q(kept__in=pair) | Q(gone__in=pair), pk__gt=merge.pk, undone_at__isnull=True)
    if later.exists():
        raise ValidationError(_("One of the two was merged again since: undo that merge first."))
    left: list[dict[str, Any]] = []
    for added in reversed(merge.record["added"]):
        _take_away(added, left)
    for changed in reversed(merge.record["changed"]):
        _change_back(changed, left)
    for moved in reversed(merge.record["moved"]):
        _move_back(moved, kept.pk, gone.pk, left)
    merge.undone_at, merge.undone_by, merge.left = timezone.now(), actor_of(viewer), left
    merge.save(update_fields=["undone_at", "undone_by", "left"])
    Organisation.objects.filter(pk__in=pair).update(version=models.F("version") + 1, updated_at=timezone.now())
    directory_index.refresh(pair)
    audit.record(actor_of(viewer), "undid_merge", kept, gone=gone.pk, merge=merge.pk, left=len(left))
    return left


def _take_away(added: dict[str, Any], left: list[dict[str, Any]]) -> None:
    model = model_of(added["model"])
    columns = list(added["rows"][0])
    there = {tuple(row) for row in model._base_manager.values_list(*columns).filter(pk__in=_ids(added))}
    same = [row["id"] for row in added["rows"] if tuple(row[name] for name in columns) in there]
    model._base_manager.filter(pk__in=same).delete()
    left.extend({"model": added["model"], "id": pk} for pk in sorted(set(_ids(added)) - set(same)))


def _ids(added: dict[str, Any]) -> list[int]:
    return [row["id"] for row in added["rows"]]


def _change_back(changed: dict[str, Any], left: list[dict[str, Any]]) -> None:
    """Each column goes back, unless somebody has written another value since."""
    model = model_of(changed["model"])
    row = model._base_manager.select_for_update().filter(pk=changed["id"]).first()
    values: dict[str, Any] = {}
    for name, after in changed["after"].items():
        if row is None or plain(getattr(row, name)) != after:
            left.append({"model": changed["model"], "id": changed["id"], "field": name})
            continue
        values[name] = _read(model, name, changed["before"][name])
    if not values:
        return
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=changed["id"]).update(**values)
    except IntegrityError:
        left.extend({"model": changed["model"], "id": changed["id"], "field": name} for name in values)


def _read(model: type[models.Model], name: str, value: Any) -> Any:
    """A value as it was before it was kept as JSON."""
    found: Any = model._meta.get_field(name)
    return found.to_python(value)


def _move_back(moved: dict[str, Any], kept: int, gone: int, left: list[dict[str, Any]]) -> None:
    """The rows that still name the kept entry."""
    link = Link(model_of(moved["model"]), moved["field"])
    still = list(link.rows(kept).filter(pk__in=moved["ids"]).order_by("pk").values_list("pk", flat=True))
    back, _stayed = put(link, still, to=gone)
    gone_astray = sorted(set(moved["ids"]) - set(back))
    left.extend({"model": moved["model"], "id": pk, "field": moved["field"]} for pk in gone_astray)


# --- Pairs that are no duplicates --------------------------------------------------------------------------------


@transaction.atomic
def say_not_duplicate(*, viewer: Viewer, first: Organisation, second: Organisation) -> None:
    """Two entries that look alike are two organisations: do not propose them again."""
    if not access.may_merge(viewer, first, second):
        raise NotAllowed
    low, high = sorted((first.pk, second.pk))
    pair, is_new = NotDuplicate.objects.get_or_create(first_id=low, second_id=high)
    if is_new:
        NotDuplicate.objects.filter(pk=pair.pk).update(said_by=actor_of(viewer))
        audit.record(actor_of(viewer), "said_not_duplicate", first, other=second.pk)


@transaction.atomic
def propose_again(*, viewer: Viewer, first: Organisation, second: Organisation) -> None:
    """Take back that two entries are no duplicates."""
    if not access.may_merge(viewer, first, second):
        raise NotAllowed
    low, high = sorted((first.pk, second.pk))
    if NotDuplicate.objects.filter(first=low, second=high).delete()[0]:
        audit.record(actor_of(viewer), "proposed_again", first, other=second.pk)
