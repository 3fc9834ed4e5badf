"""What the sender of an SMS reads back: what was understood, the receipt, what is missing. In one part if possible.

Every sentence here is read by people whose phone may be looked at: it names no person, no community and no force.
"""

from django.utils.translation import gettext as _

from incidents.intake.sms_places import place_words
from incidents.models import Harm, IncidentType, Report
from incidents.outcomes import outcome_of
from incidents.services.reports import Received
from orgs.messaging.sms_text import fits_one, plain

LONGEST_OUTCOME = 300


def received(got: Received) -> str:
    """The answer to a report: what was understood, the code, and how to correct it."""
    understood = what_was_understood(got.report)
    begin = _("Received: %(what)s.") % {"what": understood} if understood else _("Received, thank you.")
    return shortest(begin, code_words(got.code), missing(got.report))


def added(got: Received) -> str:
    """The answer to words that went with an earlier report."""
    if got.addition is None:
        return shortest(_("We had this already."), code_words(got.code))
    return shortest(_("Added to your report."), code_words(got.code), _("Something else? Begin with NEW."))


def what_was_understood(report: Report) -> str:
    """Kind, place, harm, day: a few words each, in the language in force."""
    kind = IncidentType.objects.filter(pk=report.type_id).first() if report.type_id else None
    harms = [f"{Harm(name).label} {number}" for name, number in report.harmed.items() if name in Harm.values]
    day = report.occurred_on.strftime("%d/%m") if report.occurred_on else ""
    return ", ".join(part for part in (kind.label if kind else "", place_words(report), *harms, day) if part)


def missing(report: Report) -> str:
    """What would help most; asked for once, kindly."""
    if report.region_id is None:
        if report.place_text:
            return _("Place not found: send the cercle too.")
        return _("Where? Send the place.")
    if report.type_id is None and not report.harmed:
        return _("Wrong or more? Write again.")
    return _("Wrong? Send it again.")


def code_words(code: str) -> str:
    """The receipt; digits together, since a space costs a letter each."""
    return _("Code %(code)s") % {"code": code} + "."


def shortest(first: str, *others: str) -> str:
    """Sentences put together while all fit in one part; the first two always, and the first cut where it must."""
    must, optional = others[:1], others[1:]
    text = plain(" ".join([first, *must]))
    while not fits_one(text) and len(first) > 20:
        first = first[: len(first) - 5].rstrip(" ,.") + "."
        text = plain(" ".join([first, *must]))
    for sentence in optional:
        longer = plain(f"{text} {sentence}") if sentence else text
        text = longer if fits_one(longer) else text
    return text


def outcome(report: Report) -> str:
    """How far things are, and the coordinator's word to the reporters."""
    told = outcome_of(report)
    return plain(" ".join(str(part) for part in (told.says, told.note) if part))[:LONGEST_OUTCOME]


def wrong_code() -> str:
    """The same words for a wrong code, a mistyped one, and one too many."""
    return plain(_("We know no report with this code. Check its 16 digits. Without it, nobody can see a report."))


def stopped(*, news: bool) -> str:
    """The answer to STOP."""
    if news:
        return plain(_("Stopped. What you answered is not kept. To begin again: HELP."))
    return plain(_("You will get no more news from us. To begin again: HELP."))


def how_to_write() -> str:
    """The answer to a keyword alone."""
    example = _("Write it in one message, for example: INC KORO SHOOTING 3K 5I. Questions one by one: HELP.")
    return plain(f"{example} {no_positions()}")


def no_positions() -> str:
    """The line that stands in every help."""
    return _("Never write where forces are.")
