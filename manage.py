#!/usr/bin/env python
"""Entry point of every command: ``python manage.py help`` lists them."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from config import console, paths, preflight

    try:
        if sys.argv[1:2] == ["up"]:
            # Settings make keys: whether that can work is told in a sentence, before they are read.
            preflight.check_disk(paths.var_folder())
        execute_from_command_line(sys.argv)
    except (console.Refusal, ImproperlyConfigured) as error:
        console.complain(str(error))
        sys.exit(1)


if __name__ == "__main__":
    main()
