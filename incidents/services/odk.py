"""Forms from phones come in: the report, the form as it was sent, its files, in one transaction or not at all.

A form is known by its instance ID. The same bytes again are the same form, and may bring more of its files; other
bytes under the same ID are refused; an edit names the form it replaces, which is kept, and adds to the same report.
"""

import base64
import hashlib
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.intake.odk import LANGUAGE, files_named_in, identity_in, said_in, sent_at_in
from incidents.models import Door, OdkSubmission, Report
from incidents.openrosa.attachments import all_or_nothing, keep_attachment
from incidents.openrosa.instances import BadForm, Instance
from incidents.services.doors import Caller
from incidents.services.reports import Along, receive_report
from orgs.audit import record
from orgs.crypto import seal

CONFLICT = 409
_REPLACED_ALREADY = gettext_lazy("The form that this one replaces was replaced by another one already.")
Files = Mapping[str, list[bytes]]
"""What came with a form, by base name."""


@dataclass(frozen=True)
class Kept:
    """What became of a form: its report, whether this was the first time, and which of its files are still to come."""

    report_id: int
    created: bool
    missing: list[str]


class _KnownAlready(Exception):
    """Somebody was faster, or this is not the first time: nothing of this attempt stays."""


def receive_form(*, caller: Caller, content: bytes, instance: Instance, files: Files) -> Kept:
    """Take in a form with the files that came along. Raises ``BadForm`` with the status that it is answered with."""
    try:
        if instance.deprecated_id:
            return _edited(caller, content, instance, files)
        return _received(caller, content, instance, files)
    except (_KnownAlready, IntegrityError):
        return _received_again(content, instance, files)


def _received(caller: Caller, content: bytes, instance: Instance, files: Files) -> Kept:
    """A new form. Without files it is one statement, which is all or nothing by itself."""
    expected = files_named_in(instance)
    said, row = said_in(instance), _row(caller, content, instance, expected)
    with all_or_nothing() if any(name in files for name in expected) else nullcontext():
        received = receive_report(
            door=Door.ODK,
            external_id=instance.instance_id,
            said=said,
            identity=identity_in(instance, caller.user_id),
            language=LANGUAGE,
            sent_at=sent_at_in(instance),
            along=Along(_ALONG, row),
        )
        if not received.created:
            raise _KnownAlready
        came = _keep_files(received.report, expected, files, []) if files else []
        if came:
            OdkSubmission.objects.filter(instance_id=instance.instance_id).update(received=came)
    return Kept(received.number, True, _missing(expected, came))


def _edited(caller: Caller, content: bytes, instance: Instance, files: Files) -> Kept:
    """A form that replaces an earlier one, which stays: what it says otherwise is added to the same report."""
    expected = files_named_in(instance)
    said, row = said_in(instance), _row(caller, content, instance, expected)
    with all_or_nothing():
        root = _report_replaced(instance, caller)
        report = receive_report(
            door=Door.ODK,
            external_id=root,
            said=said,
            identity=identity_in(instance, caller.user_id),
            language=LANGUAGE,
        ).report
        with connection.cursor() as cursor:
            cursor.execute(f"WITH made AS (SELECT %s::bigint AS id) {_ALONG}", [report.pk, *row])
        came = _keep_files(report, expected, files, [])
        OdkSubmission.objects.filter(instance_id=instance.instance_id).update(received=came)
    return Kept(report.pk, True, _missing(expected, came))


def _report_replaced(instance: Instance, caller: Caller) -> str:
    """The number of the report whose form is replaced. Another organisation's forms are as good as unknown."""
    replaced = OdkSubmission.objects.filter(
        instance_id=instance.deprecated_id, device__organisation=caller.organisation_id
    )
    number = replaced.values_list("report__external_id", flat=True).first()
    if number is None:
        raise BadForm(_("The form that this one replaces never came here. Send that one first."), CONFLICT)
    newer = OdkSubmission.objects.filter(deprecated_id=instance.deprecated_id)
    other = newer.values_list("instance_id", flat=True).first()
    if other == instance.instance_id:
        raise _KnownAlready
    if other is not None:
        raise BadForm(str(_REPLACED_ALREADY), CONFLICT)
    return number


_ALONG = """
INSERT INTO incidents_odksubmission (report_id, instance_id, sha256, form_version, device_id, sealed, expected,
                                     received, deprecated_id)
SELECT id, %s, %s, %s, %s, %s::bytea, %s::varchar[], '[]'::jsonb, %s FROM made
"""


def _row(caller: Caller, content: bytes, instance: Instance, expected: list[str]) -> list[Any]:
    """What ``_ALONG`` writes of a form, in order."""
    return [
        instance.instance_id,
        _hash(content),
        instance.version,
        caller.device_id,
        seal({"xml": base64.b64encode(content).decode()}),
        expected,
        instance.deprecated_id or None,
    ]


def _received_again(content: bytes, instance: Instance, files: Files) -> Kept:
    """The same form once more: further files are added. What has other words is another form, and is refused."""
    with all_or_nothing():
        rows = OdkSubmission.objects.select_for_update(of=("self",)).select_related("report").defer("sealed")
        before = rows.filter(instance_id=instance.instance_id).first()
        if before is None:  # an edit of a form that somebody else has just replaced
            raise BadForm(str(_REPLACED_ALREADY), CONFLICT)
        if before.sha256 != _hash(content):
            raise BadForm(_("Another form came under this number (instanceID) before. It was kept."), CONFLICT)
        came = _keep_files(before.report, before.expected, files, before.received)
        if len(came) > len(before.received):
            record(None, "received_files", before, count=len(came) - len(before.received))
            before.received = came
            before.save(update_fields=["received"])
    return Kept(before.report_id, False, before.missing)


def _keep_files(
    report: Report, expected: list[str], files: Files, before: list[dict[str, object]]
) -> list[dict[str, object]]:
    """Keep those files that the form names; what nobody asked for is left out."""
    came = list(before)
    for name in expected:
        for data in files.get(name, ()):
            keep_attachment(report, name, data, came)
    return came


def _missing(expected: list[str], came: list[dict[str, object]]) -> list[str]:
    names = {one["name"] for one in came}
    return [name for name in expected if name not in names]


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def device_of(report: Report) -> str:
    """The label of the phone that a report came from; empty for other doors. One query."""
    if report.door != Door.ODK:
        return ""
    rows = OdkSubmission.objects.filter(report=report.pk, device__isnull=False).order_by("id")
    return rows.values_list("device__label", flat=True).first() or ""
