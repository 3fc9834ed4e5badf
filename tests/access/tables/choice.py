"""Who reaches subscriptions, rules of organisations and duty rosters. Every result was typed by hand."""

from datetime import date, time
from typing import Any

from incidents.models import DutyReplacement, DutyRoster, DutyShift, Subscription
from incidents.services.subscriptions import digest_token
from tests.access.world import HOME, World
from tests.factories import area

_TOLD = (
    "reporter,editor,monitor,facilitator,reporter-away,editor-away,monitor-away,facilitator-away,served,"
    "liaison,recipient,colleague,oversight,coordinators"
)
_RULERS = "editor,editor-away,accused"
_KEEPERS = "liaison,recipient,colleague,editor,editor-away,coordinators"
_SEES = "recipient,colleague,coordinator,accused"

ADDRESSES = f"""
address                                           GET          POST
/alerts/subscriptions/                            {_TOLD}      .
/alerts/subscriptions/new/                        {_TOLD}      {_TOLD}
/alerts/subscriptions/rules/new/                  {_RULERS}    {_RULERS}
/alerts/subscriptions/hours/                      {_TOLD}      {_TOLD}
/alerts/subscriptions/{{choice_own}}/             recipient    recipient
/alerts/subscriptions/{{choice_rule}}/            editor       editor
/alerts/subscriptions/{{choice_own}}/pause/       .            recipient
/alerts/subscriptions/{{choice_own}}/resume/      .            recipient
/alerts/subscriptions/{{choice_own}}/delete/      .            recipient
/alerts/subscriptions/{{choice_own}}/restore/     .            recipient
/alerts/subscriptions/{{choice_rule}}/digest/     .            editor
/alerts/digest/off/{{choice_token}}/              *            *
/alerts/duty/                                     {_KEEPERS}   .
/alerts/duty/new/                                 {_KEEPERS}   {_KEEPERS}
/alerts/duty/{{choice_roster}}/                   {_SEES}      .
/alerts/duty/{{choice_roster}}/change/            {_SEES}      {_SEES}
/alerts/duty/{{choice_roster}}/shifts/            .            {_SEES}
/alerts/duty/{{choice_roster}}/replace/           .            {_SEES}
/alerts/duty/{{choice_roster}}/shifts/{{choice_shift}}/remove/          .    {_SEES}
/alerts/duty/{{choice_roster}}/replace/{{choice_replacement}}/remove/   .    {_SEES}
/alerts/duty/{{choice_roster}}/delete/            .            {_SEES}
/alerts/duty/{{choice_roster}}/restore/           .            {_SEES}
"""


def things(world: World) -> dict[str, Any]:
    """What stands in the braces."""
    editor, recipient = world.people["editor"], world.people["recipient"]
    assert editor is not None
    assert recipient is not None
    roster = DutyRoster.objects.create(name="Nuits", organisation=world.service)
    roster.areas.add(area(HOME))
    shift = DutyShift.objects.create(roster=roster, person=recipient, weekday=1, from_time=time(8), to_time=time(18))
    replacement = DutyReplacement.objects.create(shift=shift, on_date=date(2030, 1, 7), person=recipient)
    return {
        "choice_own": Subscription.objects.create(person=recipient).pk,
        "choice_rule": Subscription.objects.create(organisation=editor.memberships.get().organisation).pk,
        "choice_token": digest_token(recipient.pk),
        "choice_roster": roster.pk,
        "choice_shift": shift.pk,
        "choice_replacement": replacement.pk,
    }
