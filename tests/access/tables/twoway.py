"""Who reaches questions, outcomes, advisories and the figures. Every result was typed by hand."""

from typing import Any

from incidents.models import Reply, ReplyKind
from incidents.services import questions
from orgs.access import viewer_for
from orgs.models import Tlp
from tests.access.world import World
from tests.incidents.twoway.making import advisory, told

GIVERS = "liaison,recipient,colleague"
BOTH_SIDES = (
    "reporter,editor,monitor,facilitator,reporter-away,editor-away,monitor-away,facilitator-away,served,"
    "coordinator,coordinator-away,accused,liaison,recipient,colleague,analyst,analyst-away,oversight"
)

ADDRESSES = f"""
address                                      GET                          POST
/alerts/advisories/                          {BOTH_SIDES}                    .
/alerts/advisories/new/                      {GIVERS}                       {GIVERS}
/alerts/advisories/{{twoway_advisory}}/        coordinator,accused,recipient,colleague  .
/alerts/advisories/{{twoway_advisory}}/words/  .                            recipient,colleague
/alerts/advisories/{{twoway_advisory}}/withdraw/  recipient,colleague       recipient,colleague
/alerts/advisories/{{twoway_advisory}}/hold/   .                            coordinator,accused
/alerts/advisories/{{twoway_advisory}}/pass-on/  coordinator,accused        coordinator,accused
/alerts/{{twoway_alert}}/ask/                  recipient                    recipient
/alerts/questions/{{twoway_question}}/answer/  coordinator                  coordinator
/alerts/questions/{{twoway_question}}/close/   .                            coordinator
/alerts/outcomes/{{twoway_outcome}}/           .                            coordinator
/alerts/answers/                             {BOTH_SIDES}                    .
/exports/alert-answers.csv                   {BOTH_SIDES}                    .
"""


def things(world: World) -> dict[str, Any]:
    """What stands in the braces: asked, told and given by the recipient for their service."""
    alert, delivery = world.alert(Tlp.AMBER)
    recipient = world.people["recipient"]
    assert recipient is not None
    outcome = Reply.objects.create(delivery=delivery, kind=ReplyKind.OUTCOME, did=["medical"], helped="yes")
    question = questions.ask(viewer=viewer_for(recipient), delivery=delivery, text="Qui peut y aller ?")
    given = advisory(recipient, world.service, told())
    return {
        "twoway_alert": alert.pk,
        "twoway_question": question.pk,
        "twoway_outcome": outcome.pk,
        "twoway_advisory": given.pk,
    }
