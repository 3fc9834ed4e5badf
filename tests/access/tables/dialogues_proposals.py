"""Who reaches proposals, priorities and ratings. Every result was typed by hand: a GREEN process of Koro."""

from typing import Any

from tests.access.world import HOME, World
from tests.dialogues.proposals.rows import a_round, priority, proposed, session_of
from tests.factories_dialogues import ProcessFactory

ADDRESSES = """
address                                                      GET                                          POST
/dialogues/rate/                                             *                                            *
/dialogues/rate/ballot/                                      *                                            *
/dialogues/proposals/                                        *                                            .
/dialogues/proposals/processes/{grouped}/                    reporter,editor,monitor,facilitator,coordinator,accused,analyst  .
/dialogues/proposals/processes/{grouped}/group/              .                                            coordinator,accused
/dialogues/proposals/processes/{grouped}/undo/               .                                            coordinator,accused
/dialogues/proposals/processes/{grouped}/priorities/new/     coordinator,accused                          coordinator,accused
/dialogues/proposals/processes/{grouped}/rounds/new/         coordinator,accused                          coordinator,accused
/dialogues/proposals/priorities/{priority}/                  reporter,editor,monitor,facilitator,coordinator,accused,analyst  coordinator,accused
/dialogues/proposals/sessions/{proposing}/                   coordinator,accused                          coordinator,accused
/dialogues/proposals/rounds/{rating}/                        reporter,editor,monitor,facilitator,coordinator,accused,analyst  coordinator,accused
/dialogues/proposals/rounds/{rating}/paper/{rated}/          coordinator,accused                          coordinator,accused
/dialogues/proposals/rounds/{agreed}/consensus/              coordinator,accused                          coordinator,accused
/dialogues/proposals/rounds/{closing}/close/                 coordinator,accused                          coordinator,accused
/dialogues/proposals/rounds/{by_slips}/slips/                coordinator,accused                          coordinator,accused
/dialogues/proposals/rounds/{by_slips}/slips.pdf             coordinator,accused                          .
/dialogues/proposals/rounds/{rating}/hall/                   reporter,editor,monitor,facilitator,coordinator,accused,analyst  .
/dialogues/proposals/rounds/{rating}/print/                  reporter,editor,monitor,facilitator,coordinator,accused,analyst  .
"""  # noqa: E501 — a table


def things(world: World) -> dict[str, Any]:
    """A process at home with a session, proposals, priorities and four rounds."""
    process = ProcessFactory.create(at=HOME)
    session = session_of(process)
    proposed(session, "Ouvrir le puits à tous", "Un cahier des plaintes au marché")
    group = priority(process, "Un puits ouvert à tous")
    rating = a_round(process)
    return {
        "grouped": process.uid,
        "priority": group.pk,
        "proposing": session.uid,
        "rating": rating.uid,
        "rated": rating.items.get().pk,
        "agreed": a_round(process, method="consensus").uid,
        "closing": a_round(process).uid,
        "by_slips": a_round(process, slips=2).uid,
    }
