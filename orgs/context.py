"""What every page is told besides its own content."""

from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from orgs import providers
from orgs.access import is_second_factor_relaxed, lacks_second_factor, viewer_of
from orgs.presentation.navigation import ShownTask, Task, other_tasks_for, tasks_for
from orgs.presentation.tabs import ShownTab, tabs_for

EXIT_URL = "https://fr.wikipedia.org/wiki/Mali"
"""Where "leave this page quickly" leads: an innocent page that anybody might be reading."""


class Page:
    """Facts about the page and its reader, each worked out only when a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def demo(self) -> bool:
        """Whether this installation shows demonstration data."""
        return bool(settings.DEMO)

    @property
    def second_factor_relaxed(self) -> bool:
        """Whether roles that need a second factor may work without one."""
        return is_second_factor_relaxed()

    @property
    def exit_url(self) -> str:
        """Where the quick exit leads."""
        return EXIT_URL

    @cached_property
    def signed_in(self) -> bool:
        """Whether somebody is signed in."""
        user = getattr(self._request, "user", None)
        return user is not None and user.is_authenticated

    @cached_property
    def waiting(self) -> list[providers.Waiting]:
        """What waits for this person, things with nothing waiting left out."""
        if not self.signed_in or self.lacks_second_factor:
            return []
        return [waiting for waiting in providers.waiting_for(viewer_of(self._request)) if waiting.count]

    @cached_property
    def tasks(self) -> list[ShownTask]:
        """The person's own tasks; none for those who may not work yet."""
        if not self.signed_in or self.lacks_second_factor:
            return []
        counts: dict[str, int] = {}
        for waiting in self.waiting:
            counts[waiting.task] = counts.get(waiting.task, 0) + waiting.count
        return tasks_for(viewer_of(self._request).roles, path=self._request.path, waiting=counts)

    @property
    def other_tasks(self) -> list[Task]:
        """The person's tasks for which the bar has no room."""
        return other_tasks_for(viewer_of(self._request).roles) if self.tasks else []

    @cached_property
    def lacks_second_factor(self) -> bool:
        """Whether the person's role needs a second factor that is not set up yet."""
        return self.signed_in and lacks_second_factor(viewer_of(self._request))

    @property
    def directory_tabs(self) -> list[ShownTab]:
        """The pages of the directory that are this person's."""
        return self._tabs("directory")

    @property
    def alert_tabs(self) -> list[ShownTab]:
        """The pages of alerting that are this person's."""
        return self._tabs("alerts")

    @property
    def dialogue_tabs(self) -> list[ShownTab]:
        """The pages of dialogues that are this person's."""
        return self._tabs("dialogues")

    def _tabs(self, room: str) -> list[ShownTab]:
        return tabs_for(room, viewer_of(self._request).roles, self._request.path) if self.signed_in else []

    @property
    def account_url(self) -> str:
        """Where people change their password, address, phone and second factor."""
        return _address("account", "mfa_index", "account_change_password")

    @property
    def sign_in_url(self) -> str:
        """Where people sign in."""
        return _address("account_login")


def _address(*names: str) -> str:
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def page(request: HttpRequest) -> dict[str, Page]:
    """Context processor: ``page`` in every template."""
    return {"page": Page(request)}
