"""Who reaches the addresses of support to organisations. Every result was typed by hand.

What the braces name belongs to an organisation of Koro, to which none of the people of the table belong.
"""

from typing import Any

from tests.access.world import World
from tests.factories_directory import (
    FundingCallFactory,
    NeedFactory,
    ProgrammeFactory,
    SubGrantFactory,
    TrainingFactory,
)

NETWORK = "reporter,editor,monitor,facilitator,reporter-away,editor-away,monitor-away,facilitator-away,served"
KEEPERS = "coordinators,administrator"
ANALYSTS = "analyst,analyst-away"
HERE = "coordinator,accused,administrator"

ADDRESSES = f"""
address                                                GET                              POST
/orgs/support/                                         *                                .
/orgs/support/trainings/                               {KEEPERS},{NETWORK},{ANALYSTS}   .
/orgs/support/trainings/file.csv                       {KEEPERS},{NETWORK},{ANALYSTS}   .
/orgs/support/trainings/new/                           {KEEPERS},editor,editor-away     {KEEPERS},editor,editor-away
/orgs/support/trainings/{{support_training}}/          {KEEPERS},{NETWORK},{ANALYSTS}   .
/orgs/support/trainings/{{support_training}}/edit/     {HERE}                           {HERE}
/orgs/support/trainings/{{support_training}}/state/    .                                {HERE}
/orgs/support/trainings/{{support_training}}/attendance/  {HERE}                        {HERE}
/orgs/support/programmes/                              {KEEPERS},{NETWORK},{ANALYSTS}   .
/orgs/support/programmes/file.csv                      {KEEPERS},{NETWORK},{ANALYSTS}   .
/orgs/support/programmes/new/                          {KEEPERS},editor,editor-away     {KEEPERS},editor,editor-away
/orgs/support/programmes/{{support_programme}}/        {KEEPERS},{NETWORK},{ANALYSTS}   .
/orgs/support/programmes/{{support_programme}}/edit/   {HERE}                           {HERE}
/orgs/support/programmes/{{support_programme}}/state/  .                                {HERE}
/orgs/support/programmes/{{support_programme}}/counts/  {HERE}                          {HERE}
/orgs/support/needs/                                   {KEEPERS},{NETWORK}              .
/orgs/support/needs/file.csv                           {KEEPERS},{NETWORK}              .
/orgs/support/needs/new/                               {KEEPERS},editor,editor-away     {KEEPERS},editor,editor-away
/orgs/support/needs/{{support_need}}/                  {HERE}                           .
/orgs/support/needs/{{support_need}}/edit/             {HERE}                           {HERE}
/orgs/support/needs/{{support_need}}/state/            .                                {HERE}
/orgs/support/calls/                                   *                                .
/orgs/support/calls/file.csv                           *                                .
/orgs/support/calls/new/                               {KEEPERS}                        {KEEPERS}
/orgs/support/calls/{{support_call}}/                  +                                .
/orgs/support/calls/{{support_call}}/edit/             {HERE}                           {HERE}
/orgs/support/calls/{{support_call}}/state/            .                                {HERE}
/orgs/support/grants/                                  {KEEPERS},{NETWORK},{ANALYSTS}   .
/orgs/support/grants/file.csv                          {KEEPERS},{NETWORK},{ANALYSTS}   .
/orgs/support/grants/new/                              {KEEPERS}                        {KEEPERS}
/orgs/support/grants/{{support_grant}}/                {HERE}                           .
/orgs/support/grants/{{support_grant}}/edit/           {HERE}                           {HERE}
/orgs/support/grants/{{support_grant}}/state/          .                                {HERE}
/orgs/support/grants/{{support_grant}}/reports/        .                                {HERE}
"""


def things(world: World) -> dict[str, Any]:
    """What stands in the braces."""
    grant = SubGrantFactory.create()
    owner = grant.recipient
    call = FundingCallFactory.create(reach=owner.reach, covers=owner.covers)
    call.areas.set(owner.areas.all())
    return {
        "support_training": TrainingFactory.create(organiser=owner).pk,
        "support_programme": ProgrammeFactory.create(organisation=owner).pk,
        "support_need": NeedFactory.create(organisation=owner).pk,
        "support_call": call.pk,
        "support_grant": grant.pk,
    }
