"""The doors of the demonstration: phones that send forms, one of them lost, and a server that calls."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from functools import partial

from incidents.intake.webhook import problems_of, read
from incidents.models import Device, Proof, WebhookSource
from incidents.services.doors import keep_sample, keep_webhook, make_device, revoke_device
from orgs.demo import Stage

PHONES = (
    # Who it is for, whose, made and last seen so many hours ago; the lost one was revoked.
    ("Téléphone de l’équipe du port", "marche", 19 * 24, 4 * 24, False),
    ("Tablette des animatrices", "femmes", 16 * 24, 20, False),
    ("Téléphone perdu au marché", "radio", 18 * 24, 9 * 24, True),
)
MAPPING = {
    "fields": {
        "id": "_id",
        "type": "incident/nature",
        "place_text": "incident/lieu",
        "cercle": "incident/cercle",
        "occurred_on": "incident/jour",
        "injured": "incident/blesses",
        "narrative": ["incident/recit", "note"],
        "sent_at": "_submission_time",
    },
    "values": {"type": {"vol_betail": "looting", "menace": "threat", "deplacement": "displacement"}},
}
SAMPLE = {
    "_id": 41207,
    "_submission_time": "2026-11-02T08:15:00",
    "incident/nature": "menace",
    "incident/lieu": "Koro",
    "incident/cercle": "ML1902",
    "incident/jour": "2026-11-01",
    "incident/blesses": "0",
    "incident/recit": "Un papier a été posé à la porte de l’école. Les gens ont peur.",
    "note": "Entendu au marché.",
    "enqueteur": "7",
}


def steps(stage: Stage) -> Iterator[tuple[float, Callable[[], None]]]:
    """What was done with doors, each so many hours ago."""
    for label, body, made, seen, is_lost in PHONES:
        yield made, partial(_make, stage, label, body, made, seen)
        if is_lost:
            yield seen - 3, partial(_revoke, stage, label, seen - 3)
    yield 17 * 24, partial(_server, stage, 17 * 24)


def _make(stage: Stage, label: str, body: str, made: float, seen: float) -> None:
    given = make_device(
        viewer=stage.viewer("coordinator"), label=label, organisation=stage.organisations[body], is_demo=True
    )
    Device.objects.filter(pk=given.device.pk).update(created_at=stage.ago(made), last_seen_at=stage.ago(seen))


def _revoke(stage: Stage, label: str, hours: float) -> None:
    device = Device.objects.select_related("organisation").get(label=label, is_demo=True)
    revoke_device(viewer=stage.viewer("coordinator"), device=device)
    Device.objects.filter(pk=device.pk).update(revoked_at=stage.ago(hours))


def _server(stage: Stage, hours: float) -> None:
    keeper = stage.viewer("administrator")
    source = WebhookSource(
        name="KoboToolbox des comités (démonstration)",
        slug="demo-kobo",
        proof=Proof.HEADER,
        header_name="X-Webhook-Secret",
        mapping=MAPPING,
        is_demo=True,
    )
    keep_webhook(viewer=keeper, source=source, secret=secrets.token_urlsafe(24), problems=problems_of(MAPPING))
    # As in admin: first a sample that was understood, then it is switched on.
    if not read(MAPPING, SAMPLE).is_understood:
        raise ValueError("the sample of the demonstration is not understood")
    keep_sample(viewer=keeper, source=source, sample=json.dumps(SAMPLE, ensure_ascii=False, indent=1).encode())
    source.is_active = True
    keep_webhook(viewer=keeper, source=source, secret="", problems=problems_of(MAPPING))
    WebhookSource.objects.filter(pk=source.pk).update(created_at=stage.ago(hours))
