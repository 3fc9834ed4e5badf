"""Dialogues of the demonstration. What stands on sessions is removed before them: the last part goes first."""

from django.utils.translation import gettext_lazy as _

from dialogues.demo import proposals
from dialogues.demo.removal import remove
from dialogues.demo.script import play
from orgs import demo

demo.register(demo.Part(_("Dialogues"), play, remove))
demo.register(demo.Part(_("Proposals and priorities"), proposals.play, proposals.remove))
