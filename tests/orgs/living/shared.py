"""What the tests of living entries share."""

import re
from typing import Any

from orgs.crypto import unseal
from orgs.living import entry
from orgs.models import Message, Organisation
from orgs.services.changes import Asked


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
