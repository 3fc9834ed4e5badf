"""Playing what came of the dialogues: promises, the committee, the pact, and what they answer, in their order."""

from dialogues.demo import committee, loop, pact, promises
from orgs.demo import Stage


def play(stage: Stage) -> None:
    """Every step goes through the service that a person would use, on the day on which it was done."""
    parts = (promises, committee, pact, loop)
    steps = [step for part in parts for step in part.steps(stage)]
    for days, act in sorted(steps, key=lambda step: -step[0]):
        with stage.moment(stage.ago(24 * days)):
            act()
