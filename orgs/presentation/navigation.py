"""The three or four tasks that a person has, by role: the bar at the bottom of a phone, the row on a wide screen.

What does not fit there stands at the foot of every page."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from django.urls import Resolver404, get_urlconf, resolve
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgs.models import Role

AT_MOST = 4


@dataclass(frozen=True)
class Task:
    """One thing that people come for, and where it is done."""

    key: str
    label: str | Promise
    address: str
    pictogram: str


@dataclass(frozen=True)
class ShownTask:
    """A task as the bar shows it."""

    label: str | Promise
    address: str
    pictogram: str
    waiting: int
    current: Literal["", "page", "true"]


TASKS: Mapping[str, Task] = MappingProxyType(
    {
        task.key: task
        for task in (
            Task("home", pgettext_lazy("task", "Home"), "/", "home"),
            Task("report", pgettext_lazy("task", "Report"), "/report/", "report"),
            Task("follow_up", pgettext_lazy("task", "Follow up"), "/report/follow-up/", "search"),
            Task("desk", pgettext_lazy("task", "To handle"), "/desk/", "desk"),
            Task("incidents", _("Incidents"), "/incidents/", "incident"),
            Task("alerts", _("Alerts"), "/alerts/", "alert"),
            Task("conduct", pgettext_lazy("task", "Conduct"), "/conduct/overview/", "people"),
            Task("directory", _("Directory"), "/orgs/", "people"),
            Task("dialogues", pgettext_lazy("task", "Dialogue"), "/dialogues/", "dialogue"),
            Task("watch", pgettext_lazy("task", "Watch"), "/watch/", "watch"),
            Task("admin", pgettext_lazy("task", "Admin"), "/admin/", "settings"),
        )
    }
)

# The order of the roles decides whose tasks come first for a person who has several. The first four are in the bar, the
# others at the foot of every page. Coordinators settle what two people wrote differently in a session and put promises
# right: that waits for them, the directory does not. Liaisons read there what was agreed where their service sat, and
# say what became of its promises; analysts read numbers of sessions; editors write sessions down.
TASKS_BY_ROLE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        Role.COORDINATOR: ("desk", "incidents", "alerts", "dialogues", "directory"),
        Role.LIAISON: ("alerts", "watch", "dialogues", "directory"),
        Role.ANALYST: ("watch", "incidents", "dialogues", "directory"),
        Role.FACILITATOR: ("dialogues", "report", "alerts", "directory"),
        Role.MONITOR: ("report", "alerts", "incidents", "directory"),
        Role.REPORTER: ("report", "follow_up", "alerts", "directory"),
        Role.EDITOR: ("directory", "report", "alerts", "dialogues"),
        Role.OVERSIGHT: ("conduct", "alerts", "admin"),
        Role.ADMINISTRATOR: ("admin", "directory"),
        Role.OPERATOR: ("admin",),
    }
)
FOR_ANY_ROLE = ("home", "report")


def tasks_for(roles: Iterable[str], *, path: str, waiting: Mapping[str, int]) -> list[ShownTask]:
    """Give the tasks of somebody with these roles, those served by this installation, with what waits behind each.

    The task whose pages `path` belongs to is marked as the current one.
    """
    tasks = _served(roles)[:AT_MOST]
    here = max((task.address for task in tasks if _leads_to(task, path)), key=len, default="")
    return [
        ShownTask(
            label=task.label,
            address=task.address,
            pictogram=task.pictogram,
            waiting=waiting.get(task.key, 0),
            current="" if task.address != here else "page" if task.address == path else "true",
        )
        for task in tasks
    ]


def other_tasks_for(roles: Iterable[str]) -> list[Task]:
    """Give the tasks of somebody with these roles for which the bar has no room; the way home is above every page."""
    return [task for task in _served(roles)[AT_MOST:] if task.key != "home"]


def _served(roles: Iterable[str]) -> list[Task]:
    keys = dict.fromkeys(_keys(frozenset(roles)))
    return [TASKS[key] for key in keys if is_served(TASKS[key].address, get_urlconf())]


@lru_cache(maxsize=64)
def is_served(address: str, urlconf: str | None) -> bool:
    """Whether there is a page at an address, so that the bar never leads to a dead end."""
    try:
        resolve(address, urlconf)
    except Resolver404:
        return False
    return True


def _keys(roles: frozenset[str]) -> Iterator[str]:
    for role, keys in TASKS_BY_ROLE.items():
        if role in roles:
            yield from keys
    yield from FOR_ANY_ROLE


def _leads_to(task: Task, path: str) -> bool:
    return path == task.address if task.address == "/" else path.startswith(task.address)
