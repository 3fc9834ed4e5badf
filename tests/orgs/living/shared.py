"""What the tests of living entries share."""

import re
import threading
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, connections

from orgs.crypto import unseal
from orgs.living import entry
from orgs.models import Message, Organisation
from orgs.services.changes import Asked
from orgs.services.errors import NotAllowed


def wish(organisation: Organisation, **values: Any) -> Asked:
    """What somebody asks for who was shown the entry as it is now."""
    organisation.refresh_from_db()
    return Asked(values=values, version=organisation.version)


def form_of(organisation: Organisation, **changes: Any) -> dict[str, Any]:
    """What a browser would post from the form of an entry, with changes."""
    values = entry.values_of(organisation)
    posted = {name: values[name] for name in values if name not in ("seat", "names", "links")}
    posted["founded"] = values["founded"] or ""
    posted |= {"names": "", "links": "", "seat_text": "", "source": "", "note": "", "version": organisation.version}
    return {**posted, **changes}


def words_in(message: Message) -> str:
    """What a message of the outbox says."""
    assert message.sealed is not None
    return str(unseal(message.sealed)["text"])


def link_in(message: Message) -> str:
    """The path of the link in a message."""
    found = re.search(r"https?://[^/\s]+(/orgs/confirm/\S+)", words_in(message))
    assert found
    return found[1]


def at_once(*steps: Callable[[], object]) -> list[object]:
    """Run the steps in threads that start together; give what each returned or raised."""
    gate = threading.Barrier(len(steps))
    results: list[object] = [None] * len(steps)

    def run(number: int, step: Callable[[], object]) -> None:
        connection.ensure_connection()
        gate.wait(10)
        try:
            results[number] = step()
        except (ValidationError, NotAllowed) as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number, step)) for number, step in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads), "a deadlock"
    return results
