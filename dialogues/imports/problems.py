"""What can be wrong with a line of a file of sessions; told like those of the directory's files."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from orgs.imports.problems import ERROR, WARNING, know, problem

__all__ = ["checked", "problem"]

know(
    {
        "session_checked": (ERROR, "%(given)s"),
        "session_kind": (ERROR, _("Kind of session not known: “%(given)s”.")),
        "session_state": (ERROR, _("State not known: “%(given)s”. Write: held, planned or cancelled.")),
        "session_country": (ERROR, _("Country not known: “%(given)s”.")),
        "session_tlp": (ERROR, _("Marking not known: “%(given)s”. Write: CLEAR, GREEN, AMBER, AMBER+STRICT or RED.")),
        "session_process_kind": (ERROR, _("Kind of process not known: “%(given)s”.")),
        "session_day": (ERROR, _("This is not a date: “%(given)s”.")),
        "session_days": (
            WARNING,
            _("It lasted several days: the first is kept as its day, “%(given)s” is written on top of the agenda."),
        ),
        "session_hour": (ERROR, _("This is not an hour: “%(given)s”. Write 9:30.")),
        "session_number": (ERROR, _("This is not a whole number: “%(given)s”.")),
        "session_band": (
            ERROR,
            _("The ages of this column overlap the age bands: 0-14, 15-35, 36-60, 61+. Count anew in these bands."),
        ),
        "session_sum": (ERROR, _("The age bands make %(given)s, more than the total of %(hint)s.")),
        "session_group": (ERROR, _("Group not known: “%(given)s”. Write for example: éleveurs: 12; jeunes: 7")),
        "session_groups": (ERROR, _("The groups make %(given)s people, more than the %(hint)s who took part.")),
        "session_apart": (
            WARNING,
            _("Ages and groups were counted apart. Both totals are kept; who is of which age in a group is not known."),
        ),
        "session_language": (ERROR, _("There is no such language in the list: “%(given)s”.")),
        "session_body": (WARNING, _("Not in the directory, left out: “%(given)s”")),
        "session_bodies": (WARNING, _("Several in the directory are called so, left out: “%(given)s”")),
        "session_need": (WARNING, _("Need not known, left out: “%(given)s”")),
        "session_theme": (WARNING, _("Theme not known, left out: “%(given)s”")),
        "session_areas": (
            ERROR,
            _("Several areas stand here: “%(given)s”. Name one, the largest that holds them all."),
        ),
        "session_long": (
            ERROR,
            _("This cell holds more than 4,000 letters. Shorten it, and add the rest on the session’s page."),
        ),
        "session_twice": (ERROR, _("The same session as in line %(given)s. Give each line its own key or number.")),
        "session_not_yours": (ERROR, _("This session is known already, and you may not change it.")),
        "session_process_not_yours": (ERROR, _("You may not add sessions to the process “%(given)s”.")),
        "session_proposals": (WARNING, _("Proposals cannot be kept here yet: they are left out.")),
    }
)


def checked(column: str, words: str) -> dict[str, Any]:
    """A problem that the check of every session found, in its own words."""
    return {"code": "session_checked", "column": column, "given": words}
