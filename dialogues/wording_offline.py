"""What the scripts of the page of sessions without network say. ``{n}`` and the like are filled in by the scripts."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from incidents.wording_offline import said_by_every_page


def said_by_scripts() -> dict[str, str]:
    """Every sentence of the scripts, in the language in force."""
    return {**said_by_every_page(), **_queue(), **_form()}


def _queue() -> dict[str, str]:
    return {
        "kept": _("Kept on this phone. It is sent as soon as there is a network."),
        "kept_there": _("It has arrived, and stands."),
        "differs": _("It has arrived. Another person wrote something else in these parts. Both are kept."),
        "differs_mine": _("You wrote"),
        "differs_stands": _("Stands now"),
        "differs_nothing": _("Nothing"),
        "settle": _("Settle it on the page of the session"),
        "clear": _("Take off this list"),
        "why_sign_in": _("You are signed out. Sign in again, and it is sent."),
        "why_other_person": _("Another person wrote this on the phone. It is sent when that person signs in."),
        "others_session": _("A session of another person"),
        "refused": _("It was not taken. Your words are still here."),
        "refused_large": _("It is too long to be sent. Shorten the minutes."),
        "refused_unreadable": _("It could not be read. Change it and send it again."),
        "refused_role": _("Your account may not write sessions down any more. Ask a coordinator."),
        "finish_first": _("You are writing another session. Finish it or erase it first."),
        "known_change": _("Change it here"),
        "known_waits": _("Waits above: change it there."),
        "known_none": _("No session that you may change was found."),
    }


def _form() -> dict[str, str]:
    return {
        "saved": _("What you write is kept on this phone as you type."),
        "writing_new": _("New session"),
        "writing_change": _("Change a session"),
        "step": _("Step {n} of {all}"),
        "sum_none": _("Nothing is counted by group yet. You may leave it so."),
        "sum_equal": _("Counted by group: {n} of {all}. It adds up."),
        "sum_less": _("Counted by group: {n} of {all}. Still missing: {rest}."),
        "sum_more": _("Counted by group: {n}. That is {rest} more than the {all} who took part."),
        "need_title": _("Give it a title."),
        "need_day": _("Write the day."),
        "need_past": _("This day has not come yet. Say that it is planned, or put the day right."),
        "need_area": _("Choose the cercle."),
        "need_place": _("Write the camp or the town."),
        "need_people": _("Write how many people took part."),
        "too_early": _("This day is before %(year)d."),
        "too_far": _("This day is more than two years ahead."),
        "ends_first": _("This is before the beginning."),
        "too_many": _("%(n)d people cannot take part in a session of this kind: at most %(most)d."),
        "too_many_spectators": _("At most %(n)d."),
        "more_women": _("More women (%(women)d) than people (%(people)d)."),
        "absent_there": _("“%(group)s” is counted as present."),
        "me": pgettext("facilitator", "I led it"),
        "review_led": _("Facilitators"),
        "review_languages": _("Languages spoken"),
        "review_interpreted": _("Languages interpreted"),
        "review_invited": _("Groups that were invited"),
        "review_absent": _("Groups that were invited, and of which nobody came"),
        "review_agenda": _("Agenda"),
        "review_what": _("What and when"),
        "review_where": _("Where"),
        "review_people": _("How many people"),
        "review_issues": _("What was said"),
        "review_agreed": _("What was agreed"),
        "review_disagreed": _("What was not agreed"),
        "review_safety": _("Safety"),
        "review_note": _("A note is locked away with it."),
        "review_empty": _("Nothing"),
        "review_change": _("Change"),
    }
