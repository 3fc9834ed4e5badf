"""Dialogues of the demonstration."""

from django.utils.translation import gettext_lazy as _

from dialogues.demo.removal import remove
from dialogues.demo.script import play
from orgs import demo

demo.register(demo.Part(_("Dialogues"), play, remove))
