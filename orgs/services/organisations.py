"""Keeping the directory: organisations and the lists of terms."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from orgs import access, audit
from orgs.models import Area, Organisation, OrganisationName, Term, Vocabulary
from orgs.policy import Viewer
from orgs.services import directory_index
from orgs.services.errors import NotAllowed
from orgs.services.memberships import actor_of

CODED: Mapping[str, str] = {
    "themes": Vocabulary.THEME,
    "served": Vocabulary.SERVED,
    "spoken": Vocabulary.SPOKEN,
    "capacities": Vocabulary.CAPACITY,
}
"""The fields that hold codes, and the list that each takes them from."""

KEPT = ("name_key", "covers", "reach", "names_key", "words", "region", "cercle", "commune")
"""Columns that are worked out, never given."""

RESERVED_SLUGS = frozenset(
    """
    new map gaps first import imports export merge merges requests support network networks alone needs calls trainings
    grants programmes services confirm contacts edit suggest actors search duplicates call
""".split()  # noqa: SIM905 (a list of quoted words is no easier to read)
)
"""Words that addresses below ``/orgs/`` use themselves."""


@transaction.atomic
def keep_organisation(
    *,
    viewer: Viewer,
    organisation: Organisation,
    areas: Sequence[Area],
    serves: Sequence[Organisation],
    names: Sequence[OrganisationName] | None = None,
) -> None:
    """Add or change an organisation, with the areas where it works, those whom it serves and, if given, other names.

    Raises ``ValidationError`` (by field) and ``NotAllowed``.
    """
    if not access.may_keep_directory(viewer):
        raise NotAllowed
    is_new = organisation.pk is None
    write_organisation(organisation, areas=areas, names=names)
    organisation.serves.set([one for one in serves if one.pk != organisation.pk])
    audit.record(
        actor_of(viewer),
        "added_organisation" if is_new else "changed_organisation",
        organisation,
        visibility=organisation.visibility,
        areas=len(areas),
        serves=len(serves),
    )


def write_organisation(
    organisation: Organisation, *, areas: Iterable[Area] | None = None, names: Iterable[OrganisationName] | None = None
) -> None:
    """Check and write an entry with what it keeps. For services, which have asked who may and which audit.

    Raises ``ValidationError`` by field.
    """
    if not organisation.slug:
        organisation.slug = free_slug(organisation.acronym or organisation.name)
    check_codes(organisation)
    organisation.full_clean(exclude=KEPT)
    organisation.version = organisation.version + 1 if organisation.pk else 1
    organisation.save()
    if areas is not None:
        organisation.areas.set(areas)
    if names is not None:
        _keep_names(organisation, names)
    directory_index.refresh([organisation.pk])
    organisation.refresh_from_db(fields=["covers", "reach", "region", "cercle", "commune"])


def check_codes(organisation: Organisation) -> None:
    """Raise ``ValidationError`` by field for a code that its list does not hold; sort codes and drop doubles."""
    wrong: dict[str, str] = {}
    known = _known_codes()
    for field, vocabulary in CODED.items():
        codes = sorted(set(getattr(organisation, field)))
        setattr(organisation, field, codes)
        unknown = [code for code in codes if (vocabulary, code) not in known]
        if unknown:
            wrong[field] = _("Not in the list: %(codes)s.") % {"codes": ", ".join(unknown)}
    if wrong:
        raise ValidationError(wrong)


def _known_codes() -> Collection[tuple[str, str]]:
    return set(Term.objects.filter(vocabulary__in=CODED.values()).values_list("vocabulary", "code"))


def free_slug(name: str) -> str:
    """An address that no organisation has yet, made from a name."""
    wanted = slugify(name)[:70] or "organisation"
    taken = set(Organisation.objects.filter(slug__startswith=wanted).values_list("slug", flat=True)) | RESERVED_SLUGS
    if wanted not in taken and not wanted.isdigit():
        return wanted
    numbered = (f"{wanted}-{number}" for number in range(2, 1000))
    return next((slug for slug in numbered if slug not in taken), f"{wanted}-{secrets.token_hex(4)}")


def _keep_names(organisation: Organisation, names: Iterable[OrganisationName]) -> None:
    """The other names of an entry become these."""
    organisation.names.all().delete()
    once = {name.name: name for name in names if name.name and name.name != organisation.name}
    for name in once.values():
        name.pk, name.organisation = None, organisation
        name.full_clean()
    OrganisationName.objects.bulk_create(once.values())


@transaction.atomic
def keep_term(*, viewer: Viewer, term: Term) -> None:
    """Add or change an entry of a list. Codes never change: rows hold them.

    Raises ``ValidationError`` (by field) and ``NotAllowed``.
    """
    if not access.may_keep_directory(viewer):
        raise NotAllowed
    is_new = term.pk is None
    if not is_new:
        kept = Term.objects.get(pk=term.pk)
        term.vocabulary, term.code = kept.vocabulary, kept.code
    term.full_clean()
    term.save()
    audit.record(actor_of(viewer), "added_term" if is_new else "changed_term", term, code=term.code)
