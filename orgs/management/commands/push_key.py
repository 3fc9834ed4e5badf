"""``manage.py push_key``: make the key by which push services know this installation, and show its public half."""

from typing import Any

from django.core.management.base import BaseCommand

from orgs.messaging import vapid


class Command(BaseCommand):
    """Makes ``push.pem`` among the other keys where it is missing; the first page or message would do it too."""

    help = "Make the key of Web Push if it is not there, and show its public half."

    def handle(self, *args: Any, **options: Any) -> None:
        """Show the key that browsers are given."""
        self.stdout.write(vapid.public_key())
