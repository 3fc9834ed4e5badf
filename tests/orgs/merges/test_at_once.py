"""Two people who merge the same entry at once: one of them does, the other is told."""

import pytest

from orgs.access import viewer_for
from orgs.models import Contact, Merge, Organisation, Role
from orgs.services.errors import NotAllowed
from orgs.services.merges import merge_organisations, undo_merge
from tests.factories import ContactFactory, OrganisationFactory, person
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def _refused(results: list[object]) -> list[bool]:
    return sorted(isinstance(result, NotAllowed) for result in results)


def test_one_of_two_merges_happens_and_one_of_two_undos() -> None:
    first, second, third = (OrganisationFactory.create() for _ in range(3))
    ContactFactory.create(organisation=second)
    viewers = [viewer_for(person(Role.ADMINISTRATOR)) for _ in range(2)]
    pairs = ((first, second), (third, second))
    results = at_once(
        *(
            lambda viewer=viewer, kept=kept, gone=gone: merge_organisations(
                viewer=viewer, kept=kept, gone=gone, choices={}
            )
            for viewer, (kept, gone) in zip(viewers, pairs, strict=True)
        )
    )
    assert _refused(results) == [False, True]
    merge = Merge.objects.get()
    assert Contact.objects.get().organisation_id == merge.kept_id
    results = at_once(*(lambda viewer=viewer: undo_merge(viewer=viewer, merge=merge) for viewer in viewers))
    assert _refused(results) == [False, True]
    assert Contact.objects.get().organisation_id == second.pk
    assert not Organisation.objects.filter(merged_into__isnull=False).exists()


def test_two_who_merge_two_entries_crosswise_do_not_wait_for_each_other_for_ever() -> None:
    first, second = OrganisationFactory.create(), OrganisationFactory.create()
    viewer = viewer_for(person(Role.ADMINISTRATOR))
    results = at_once(
        lambda: merge_organisations(viewer=viewer, kept=first, gone=second, choices={}),
        lambda: merge_organisations(viewer=viewer, kept=second, gone=first, choices={}),
    )
    assert _refused(results) == [False, True]
