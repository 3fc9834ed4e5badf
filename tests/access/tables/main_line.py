"""Who reaches the addresses of the main line, of accounts, of the API. Every result was typed by hand."""

from typing import Any

from incidents.models import Delivery
from orgs.models import Area, Channel, Tlp
from tests.access.world import World
from tests.factories import AlertAudienceFactory

ADDRESSES = """
address                                      GET                          POST
/                                            *                            .
/report/                                     *                            *
/report/sent/                                *                            .
/report/follow-up/                           *                            *
/report/mine/                                +                            .
/desk/                                       coordinators                 .
/desk/reports/{report}/                      coordinator,accused          .
/desk/reports/{report}/attach/               .                            coordinator,accused
/desk/reports/{report}/incident/             coordinator,accused          coordinator,accused
/desk/reports/{report}/reject/               .                            coordinator,accused
/desk/reports/{report}/reopen/               .                            coordinator,accused
/desk/reports/{report}/place/                coordinator,accused          coordinator,accused
/desk/reports/{report}/identity/             coordinator,accused          coordinator,accused
/incidents/                                  *                            .
/incidents/{incident}/                       coordinator,analyst          .
/incidents/{incident}/grades/                coordinator                  coordinator
/incidents/{incident}/words/                 coordinator                  coordinator
/incidents/{incident}/place/                 coordinator                  coordinator
/incidents/{incident}/figures/               .                            coordinator
/incidents/{incident}/figures/{figure}/withdraw/  .                       coordinator
/incidents/{incident}/responsible/           .                            coordinator
/incidents/{incident}/responsible/{responsible}/remove/  .                coordinator
/incidents/{incident}/verify/                .                            coordinator
/incidents/{incident}/close/                 .                            coordinator
/incidents/{incident}/reopen/                .                            coordinator
/incidents/{incident}/alert/                 coordinator                  coordinator
/alerts/                                     +                            .
/alerts/{alert}/                             coordinator,recipient,colleague,served  .
/alerts/{alert}/answer/                      .                            recipient
/alerts/{alert}/calls/                       coordinator                  .
/alerts/{called}/calls/{call}/               .                            coordinator
/alerts/{alert}/cancel/                      coordinator                  coordinator
/alerts/{draft}/preview/                     coordinator                  .
/alerts/{draft}/words/                       .                            coordinator
/alerts/{draft}/lines/                       .                            coordinator
/alerts/{draft}/lines/{line}/remove/         .                            coordinator
/alerts/{draft}/propose/                     .                            coordinator
/alerts/{draft}/release/                     .                            coordinator
/alerts/{draft}/discard/                     .                            coordinator
/api/v1/incidents/                           +                            .
/api/v1/incidents/{incident}/                coordinator,analyst          .
/api/v1/reports/                             +                            reporting
/api/v1/reports/{report}/                    coordinator,accused          .
/api/v1/alerts/                              +                            .
/api/v1/alerts/{alert}/                      coordinator,recipient,colleague,served  .
/api/v1/deliveries/                          +                            .
/api/v1/deliveries/{delivery}/               coordinator,recipient        .
/api/v1/areas/                               *                            .
/api/v1/areas/{area}/                        *                            .
/api/v1/organisations/                       *                            .
/api/v1/organisations/{organisation}/        +                            .
/api/schema/                                 *                            .
/api/docs/                                   *                            .
/accounts/                                   +                            +
/accounts/tokens/                            +                            .
/accounts/people/                            coordinators,administrator   .
/accounts/people/invite/                     coordinators,administrator   .
/admin/                                      staff                        staff
"""


def things(world: World) -> dict[str, Any]:
    """What stands in the braces."""
    alert, delivery = world.alert(Tlp.AMBER)
    incident = world.incident(Tlp.AMBER)
    draft = world.draft()
    _, call = world.alert(Tlp.AMBER)
    Delivery.objects.filter(pk=call.pk).update(channel=Channel.CALL)
    return {
        "report": world.report().pk,
        "incident": incident.ref,
        "figure": incident.figures.get().pk,
        "responsible": incident.held_responsible.get().actor_id,
        "alert": alert.pk,
        "delivery": delivery.pk,
        "called": call.alert_id,
        "call": call.pk,
        "draft": draft.pk,
        "line": AlertAudienceFactory.create(alert=draft).pk,
        "area": Area.objects.order_by("pk")[0].pk,
        "organisation": world.service.slug,
    }
