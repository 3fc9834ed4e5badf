"""The accounts by which a person tries the demonstration: one a role, in a file that only its owner reads."""

import json
import os
import secrets
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from orgs.models import Membership, User

_WORDS = tuple(
    """
    acacia antilope argile baobab barque bassin bateau berger calebasse canari case chaise chemin citron colline corbeau
    coton dune encre faucon fenetre feuille filet fleuve fonio gombo goyave grenier herbe hibou jarre jardin karite lac
    lampe lezard lune maison mangue marche melon mil miroir montre navette nuage orange oseille paille panier papaye
    pierre pigeon pilon pirogue pluie pont porte puits rame riviere rocher sable savane sentier soleil tabouret tambour
    tamarin tissu tortue tresse vague vent verger vache voile
""".split()  # noqa: SIM905 (a list of 80 quoted words is no easier to read)
)


@dataclass(frozen=True)
class Account:
    """One line of the file: what the person does, and how they sign in."""

    role: str
    login: str
    password: str


def new_password() -> str:
    """A password made at random that can be typed on a phone; for a machine that nobody else reaches."""
    words = [secrets.choice(_WORDS) for _number in range(4)]
    return "-".join([*words, str(10 + secrets.randbelow(90))])


def path() -> Path:
    """Where the file is."""
    return Path(settings.VAR_DIR) / "demo-accounts.json"


def write_file(accounts: Iterable[Account]) -> None:
    """Write the file anew, for its owner alone."""
    draft = path().with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with open(draft, "w", encoding="utf-8", opener=_private) as file:
        json.dump([asdict(account) for account in accounts], file, ensure_ascii=False, indent=1)
    draft.replace(path())


def keep_file() -> None:
    """Where the file was lost, give the accounts new passwords and write it again."""
    if path().exists():
        return
    with transaction.atomic():
        write_file(_with_new_passwords())


class Passwords:
    """Passwords of new people, hashed beside the rest of the work: hashing is slow on purpose, and they are many."""

    def __init__(self) -> None:
        self._workers = ThreadPoolExecutor()
        self._hashes: dict[int, Future[str]] = {}

    def give(self, person: User, password: str) -> None:
        """Begin to hash a person's password."""
        self._hashes[person.pk] = self._workers.submit(make_password, password)

    def write(self) -> None:
        """Write every hash, once it is there."""
        people = [User(pk=pk, password=waiting.result()) for pk, waiting in self._hashes.items()]
        User.objects.bulk_update(people, ["password"])

    def close(self) -> None:
        """Let the workers go, finished or not."""
        self._workers.shutdown(cancel_futures=True)


def _with_new_passwords() -> list[Account]:
    posts = Membership.objects.current().filter(person__is_demo=True).select_related("person").order_by("pk")
    return [
        give_password(post.person, str(post.get_role_display())) for post in posts if post.person.has_usable_password()
    ]


def give_password(person: User, role: str) -> Account:
    """Give a person of the demonstration a new password."""
    password = new_password()
    person.set_password(password)
    person.save(update_fields=["password"])
    return Account(role=role, login=person.email or "", password=password)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
