"""The part "Keeping it up to date" beside an entry: how fresh it is, and what this viewer can do about it."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs import access
from orgs.directory import freshness
from orgs.living.waiting import AS_KEEPER
from orgs.models import ChangeState, Organisation, OrganisationState, VerifiedHow
from orgs.policy import Viewer
from orgs.sections import Section

TONES = {
    OrganisationState.DRAFT: "new",
    OrganisationState.VERIFIED: "done",
    OrganisationState.STALE: "doing",
    OrganisationState.RETIRED: "stopped",
}


def keeping(viewer: Viewer, organisation: Organisation) -> Section | None:
    """For everybody: how far the entry can be relied on. For those who may: buttons."""
    decides = access.may_decide_on(viewer, organisation)
    waiting = 0
    if decides:
        waiting = (
            access.CHANGES.rows_as(viewer, *AS_KEEPER)
            .filter(organisation=organisation, state=ChangeState.OPEN)
            .order_by()
            .count()
        )
    fresh = freshness.score(organisation.confirmed_at, timezone.now())
    data = {
        "state": organisation.get_state_display(),
        "tone": TONES[OrganisationState(organisation.state)],
        "fresh": fresh,
        "confirmed_at": organisation.confirmed_at,
        "verified_at": organisation.verified_at,
        "verified_how": VerifiedHow(organisation.verified_how).label if organisation.verified_how else "",
        # By whom is a person's name: those who work with them may know.
        "verified_by": organisation.verified_by if decides and organisation.verified_by_id else None,
        "decides": decides,
        "retired": organisation.state == OrganisationState.RETIRED,
        "verified": organisation.state == OrganisationState.VERIFIED,
        "own": access.may_edit(viewer, organisation),
        "may_confirm": access.may_confirm(viewer, organisation),
        "may_suggest": access.may_suggest(viewer, organisation),
        "keeps_contacts": access.may_keep_contacts(viewer, organisation),
        "waiting": waiting,
        "version": organisation.version,
    }
    return Section("keeping", _("Keeping it up to date"), "orgs/living/section.html", data, aside=True, position=20)
