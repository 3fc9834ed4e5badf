"""Rows of dialogues for tests, as the services would leave them."""

# mypy: disable-error-code="no-untyped-call,attr-defined,no-any-return"

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone
from factory.django import DjangoModelFactory

from dialogues.models import DialogueLevel, Process, ProcessKind, ProcessState, Session, Track
from dialogues.said import SessionSaid
from dialogues.services.sessions import keep_session
from orgs.models import Organisation, Role, Tlp
from orgs.policy import Viewer
from tests.factories import area, columns_of, viewer


class ProcessFactory(DjangoModelFactory[Process]):
    """A process under way, in an area (``at="Koro"``; ``None`` for the whole country)."""

    class Meta:
        model = Process
        skip_postgeneration_save = True

    title = "Paix au marché"
    kind = ProcessKind.JUSTICE_SECURITY
    level = DialogueLevel.COMMUNAL
    track = Track.LOCAL
    state = ProcessState.RUNNING
    tlp = Tlp.GREEN

    @classmethod
    def _create(cls, model_class: type[Process], *args: Any, **kwargs: Any) -> Process:
        conveners = kwargs.pop("conveners", ())
        where = kwargs.pop("at", "Koro")
        process: Process = super()._create(model_class, *args, **columns_of(where), **kwargs)
        process.conveners.set(conveners)
        return process


def said(**changes: Any) -> SessionSaid:
    """A session held yesterday in the cercle of Koro with twelve people, as it would be written down."""
    plain = SessionSaid(
        title="Le marché et le poste",
        held_on=timezone.localdate() - timedelta(days=1),
        area=area("Koro").pcode,
        place_text="Koro, sous le grand arbre",
        people=12,
    )
    return replace(plain, **changes)


def session(*, by: Viewer | None = None, organisation: Organisation | None = None, **changes: Any) -> Session:
    """A session that a coordinator of everywhere (or ``by``) wrote down."""
    if organisation is not None:
        changes["led_by"] = organisation.pk
    keeper = by or viewer(Role.COORDINATOR, "Koro")
    kept = keep_session(viewer=keeper, uid=uuid.uuid4(), edit_key=uuid.uuid4(), base_version=0, said=said(**changes))
    return kept.session
