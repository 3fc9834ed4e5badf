"""Several people, or several workers, at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, connections

from incidents.services.errors import ChangedMeanwhile, NotAllowed

REFUSALS: tuple[type[Exception], ...] = (ValidationError, NotAllowed, ChangedMeanwhile)
"""How the services refuse what somebody asks for."""


def at_once(*steps: Callable[[], Any], refusals: tuple[type[Exception], ...] = REFUSALS) -> list[Any]:
    """Run the steps in threads that start together, each on a connection of its own.

    Gives, in the order of the steps, what each returned or the refusal that it raised. Any other error fails the test,
    and so does a step that does not end.
    """
    gate = threading.Barrier(len(steps))
    results: list[Any] = [None] * len(steps)
    broken: list[BaseException] = []

    def run(number: int, step: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            gate.wait(20)
            results[number] = step()
        except refusals as refusal:
            results[number] = refusal
        except BaseException as error:
            broken.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number, step)) for number, step in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "a deadlock"
    if broken:
        raise broken[0]
    return results
