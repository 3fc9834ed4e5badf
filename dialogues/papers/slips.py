"""Slips to print and cut out, for people to draw: each has a code that lets one phone rate, once."""

from collections.abc import Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dialogues.disclosed_proposals import ROUND
from dialogues.models import RatingRound
from dialogues.papers.typesetting import pdf
from incidents.openrosa.connecting import picture
from orgs.models import Tlp
from orgs.presentation.badges import MARKINGS


def slips_pdf(rating: RatingRound, audience: str, codes: Sequence[str], address: str) -> bytes:
    """The slips of a round for these codes, as an audience is shown it; ``address`` is where a phone types its code.

    The picture for cameras leads there without the code: an address is kept by browsers and by logs beside a time, and
    a code is one person's. Of a process that is RED the title of the round is not on them: slips lie about.
    """
    marking = MARKINGS[rating.process.tlp.replace("_", "-")]
    data = {
        "title": _("Slips"),
        "lang": (get_language() or "fr")[:2],
        "marking": marking.name,
        "footer": _("Cut, fold, let people draw them."),
        "named": "" if rating.process.tlp == Tlp.RED else ROUND.show(rating, audience)["title"],
        "heading": _("Rate the priorities"),
        "type": _("Your code:"),
        "once": _("One phone, once"),
        "picture_words": _("A picture for the camera of a phone"),
        "address": address.rsplit("://", maxsplit=1)[-1],
        "slips": [f"{code[:4]} {code[4:]}" for code in codes],
    }
    return pdf("slips", data, drawings=[str(picture(address))])
