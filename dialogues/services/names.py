"""Who agreed that it be kept that they were there: added with consent, opened with a reason, taken back for good."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogues.access import may_edit_session, may_open_names
from dialogues.models import Consent, NamedAttendance, Session
from incidents.said import clean_words
from incidents.services.identities import checked_reason
from incidents.services.steps import note
from orgs.crypto import keyed_hash, seal, unseal
from orgs.models.areas import name_key
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed

LONGEST_NAME = 120
MOST_NAMES = 500


@dataclass(frozen=True)
class Named:
    """Somebody who was there, opened. ``number`` is the row's."""

    number: int
    name: str
    body: str
    contact: str
    consent: str
    consented_on: date


def add_name(
    *, viewer: Viewer, session: Session, name: str, body: str, contact: str, consent: str, consented_on: date
) -> NamedAttendance:
    """Keep that somebody was there, who said yes to it on a day. Raises ``ValidationError``, ``NotAllowed``."""
    if not may_edit_session(viewer, session):
        raise NotAllowed
    name, body, contact = clean_words(name), clean_words(body), clean_words(contact)
    _check(name, body, contact, consent, consented_on)
    with transaction.atomic():
        Session.objects.select_for_update(of=("self",)).only("pk").get(pk=session.pk)
        if session.names.count() >= MOST_NAMES:
            raise ValidationError({"name": _("At most %(n)d names in one session.") % {"n": MOST_NAMES}})
        row = NamedAttendance(
            session=session,
            sealed=seal({"name": name, "body": body, "contact": contact}),
            person_key=person_key(name),
            consent=consent,
            consented_on=consented_on,
            added_by_id=viewer.user_id,
        )
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            words = _("Somebody of this name is kept already. Add what tells the two apart, such as the village.")
            raise ValidationError({"name": words}) from None
        note(viewer, session, "named", entry=row.pk, consent=str(consent))
    return row


def open_names(*, viewer: Viewer, session: Session, reason: str) -> list[Named]:
    """Open who was there. It is on record, with its sealed reason, before anything is read."""
    if not may_open_names(viewer, session):
        raise NotAllowed
    reason = checked_reason(reason)
    with transaction.atomic():
        rows = list(session.names.order_by("pk"))
        # The log holds no words that people write: the reason is sealed like the names themselves.
        note(viewer, session, "opened_names", rows=len(rows), reason=seal({"reason": reason}).decode())
    return [_opened(row) for row in rows]


def take_name_back(*, viewer: Viewer, session: Session, name: str) -> None:
    """Delete for good that somebody was there, by their name alone: nobody else's is opened for it."""
    if not may_edit_session(viewer, session):
        raise NotAllowed
    if not (key := name_key(clean_words(name))):
        raise ValidationError({"name": _("Write the name.")})
    with transaction.atomic():
        deleted, _each = session.names.filter(person_key=keyed_hash("dialogue-name", key)).delete()
        if not deleted:
            raise ValidationError({"name": _("Nobody of this name is kept for this session. Is it spelt as it was?")})
        note(viewer, session, "took_name_back", rows=deleted)


def person_key(name: str) -> str:
    """The keyed hash by which a name is found, whatever its accents and capitals."""
    return keyed_hash("dialogue-name", name_key(name))


def _check(name: str, body: str, contact: str, consent: str, consented_on: date) -> None:
    problems: dict[str, str] = {}
    if not name_key(name):
        problems["name"] = _("Write the name.")
    for field, words in (("name", name), ("body", body), ("contact", contact)):
        if len(words) > LONGEST_NAME:
            problems[field] = _("At most %(n)d characters.") % {"n": LONGEST_NAME}
    if consent not in Consent.values:
        problems["consent"] = _("Without consent nobody’s name is kept.")
    if consented_on > timezone.localdate():
        problems["consented_on"] = _("This day has not come yet.")
    elif consented_on.year < 1990:
        problems["consented_on"] = _("This day is before %(year)d.") % {"year": 1990}
    if problems:
        raise ValidationError(problems)


def _opened(row: NamedAttendance) -> Named:
    kept = unseal(row.sealed)
    return Named(row.pk, kept["name"], kept["body"], kept["contact"], row.get_consent_display(), row.consented_on)
