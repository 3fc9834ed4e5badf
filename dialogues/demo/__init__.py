"""Dialogues of the demonstration. What stands on sessions is removed before them: the last part goes first."""

from django.utils.translation import gettext_lazy as _

from dialogues.demo import followed, proposals, removal, script
from orgs import demo

demo.register(demo.Part(_("Dialogues"), script.play, removal.remove, removal.goes_along))
demo.register(demo.Part(_("Proposals and priorities"), proposals.play, removal.remove_proposals))
demo.register(demo.Part(_("Commitments, agreements and committees"), followed.play, removal.remove_followed))
