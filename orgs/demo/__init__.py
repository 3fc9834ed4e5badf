"""The demonstration: made-up data that show what the product does, plainly marked, gone by one command.

Each app has a module ``demo`` that registers its ``Part``. Loading goes through the parts in that order and through the
real services, in one transaction; removing goes through them the other way round. The same seed gives the same rows;
only passwords and times (which hang on the present) differ.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import audit
from orgs.demo import accounts, foundation
from orgs.demo.stage import Stage
from orgs.models import User

__all__ = ["Part", "Refused", "Stage", "goes_along", "is_loaded", "load", "parts", "register", "remove"]

Say = Callable[[str], None]
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Refused(Exception):
    """The demonstration may not be loaded here; the message is one clear sentence."""


@dataclass(frozen=True)
class Part:
    """What one app shows. ``remove`` says how many rows of each kind it took away.

    ``goes_along`` says how many rows, by kind, people of this installation wrote on what is made up, which go with it.
    """

    title: str | Promise
    load: Callable[[Stage], None]
    remove: Callable[[], Mapping[str, int]]
    goes_along: Callable[[], Mapping[str, int]] = dict


FOUNDATION = Part(gettext_lazy("Organisations and people"), foundation.load, foundation.remove)
_parts: list[Part] = []


def parts() -> list[Part]:
    """The parts of every app that has one, in the order of the apps."""
    autodiscover_modules("demo")
    return [FOUNDATION, *_parts]


def register(part: Part) -> None:
    """Add an app's part, once."""
    if part not in _parts:
        _parts.append(part)


def is_loaded() -> bool:
    """Whether there are people of the demonstration."""
    return bool(User.objects.filter(is_demo=True).exists())


def load(say: Say = lambda _line: None) -> bool:
    """Load everything, or nothing; ``False`` where it is there already. Raises ``Refused``.

    The file of accounts is written before the transaction ends: a demonstration that nobody could sign in to would be
    worse than a file without accounts.
    """
    _refuse_where_others_reach()
    if is_loaded():
        accounts.keep_file()
        return False
    with transaction.atomic():
        stage = Stage.begin()
        try:
            for part in parts():
                say(str(part.title))
                part.load(stage)
            stage.passwords.write()
        finally:
            stage.passwords.close()
        accounts.write_file(stage.accounts)
    return True


def goes_along() -> dict[str, int]:
    """What people of this installation wrote on made-up rows and would lose with them: how many of each kind."""
    return {kind: count for part in parts() for kind, count in part.goes_along().items() if count}


def remove(say: Say = lambda _line: None) -> dict[str, int]:
    """Take away every row of the demonstration and what hangs on it; returns how many of each kind.

    Reports that real people sent in stay, and are new again where they stood behind a made-up incident. The audit log
    keeps its entries, which hold no words, since it cannot be cut without breaking its chain. The file of accounts
    stays, empty: without it the next start would take the demonstration for lost and load it again.
    """
    gone: dict[str, int] = {}
    with transaction.atomic():
        for part in reversed(parts()):
            say(str(part.title))
            gone.update(part.remove())
        if sum(gone.values()):
            audit.record(None, "demo_removed", User(), rows=sum(gone.values()))
    accounts.write_file([])
    return gone


def _refuse_where_others_reach() -> None:
    if not settings.DEMO:
        raise Refused(_("This installation holds real data (DEMO=0): the demonstration is not loaded."))
    if not (settings.ON_LOOPBACK and settings.BIND in _LOOPBACK):
        raise Refused(_("The demonstration is refused on an address that others can reach."))
    for address in (settings.EMAIL_URL, settings.SMS_GATEWAY_URL):
        if address and urlsplit(address).hostname not in _LOOPBACK:
            raise Refused(_("The demonstration is refused where messages leave: no EMAIL_URL, no SMS_GATEWAY_URL."))
