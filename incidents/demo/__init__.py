"""Reports, incidents and alerts of the demonstration."""

from django.utils.translation import gettext_lazy as _

from incidents.demo.removal import remove
from incidents.demo.script import play
from orgs import demo

demo.register(demo.Part(_("Reports, incidents and alerts"), play, remove))
