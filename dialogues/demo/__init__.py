"""Dialogues of the demonstration."""

from django.utils.translation import gettext_lazy as _

from dialogues.demo import proposals
from orgs import demo

demo.register(demo.Part(_("Proposals and priorities"), proposals.play, proposals.remove))
