"""Rows of the directory for tests, as the services would leave them: services of the State, actors, support."""

# mypy: disable-error-code="no-untyped-call,attr-defined,no-any-return"

from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from orgs.models import (
    ActorRole,
    ActorView,
    CivilRole,
    FundingCall,
    LinkKind,
    Need,
    OrganisationLink,
    Presence,
    Programme,
    StateService,
    StateServiceKind,
    SubGrant,
    Training,
    Wish,
)
from orgs.models.areas import name_key
from tests.factories import ActorFactory, OrganisationFactory, area, columns_of


class StateServiceFactory(DjangoModelFactory[StateService]):
    """A school that works, as a decree says, in Koro."""

    class Meta:
        model = StateService

    area = factory.LazyFunction(lambda: area("Koro"))
    kind = StateServiceKind.SCHOOL
    presence = Presence.PRESENT
    source = factory.Sequence(lambda n: f"Arrêté {n}")
    source_key = factory.LazyAttribute(lambda made: name_key(made.source))
    as_of = factory.LazyFunction(timezone.localdate)


class ActorRoleFactory(DjangoModelFactory[ActorRole]):
    """A desk for complaints. ``where`` is an area or the name of a cercle, Koro when not given."""

    class Meta:
        model = ActorRole

    actor = factory.SubFactory(ActorFactory)
    role = CivilRole.COMPLAINTS
    office = "Accueil des plaintes"
    phone = "+22376000001"
    source = "Mairie"
    as_of = factory.LazyFunction(timezone.localdate)

    @classmethod
    def _create(cls, model_class: type[ActorRole], *args: Any, **kwargs: Any) -> ActorRole:
        where = kwargs.pop("where", "Koro")
        kwargs.setdefault("area", area(where) if isinstance(where, str) else where)
        return super()._create(model_class, *args, **kwargs)


class ActorViewFactory(DjangoModelFactory[ActorView]):
    """What an organisation says of an actor, counted in the region where it is at home."""

    class Meta:
        model = ActorView

    organisation = factory.SubFactory(OrganisationFactory)
    actor = factory.SubFactory(ActorFactory)
    reach = 2
    trust = 2
    wish = Wish.YES


class OrganisationLinkFactory(DjangoModelFactory[OrganisationLink]):
    """A member of a network."""

    class Meta:
        model = OrganisationLink

    organisation = factory.SubFactory(OrganisationFactory)
    kind = LinkKind.MEMBER
    other = factory.SubFactory(OrganisationFactory)


class TrainingFactory(DjangoModelFactory[Training]):
    """A training in Koro that an organisation held. ``where`` as in ``columns_of``."""

    class Meta:
        model = Training

    title = factory.Sequence(lambda n: f"Formation {n}")
    topic = "mediation"
    organiser = factory.SubFactory(OrganisationFactory)
    starts_on = factory.LazyFunction(timezone.localdate)
    place_text = "École de Koro"

    @classmethod
    def _create(cls, model_class: type[Training], *args: Any, **kwargs: Any) -> Training:
        return super()._create(model_class, *args, **_in_area(kwargs))


class SubGrantFactory(DjangoModelFactory[SubGrant]):
    """Money for an organisation that works in Koro."""

    class Meta:
        model = SubGrant

    recipient = factory.SubFactory(OrganisationFactory, areas=["Koro"])
    funder_text = "Un bailleur"
    amount = "1500000.00"
    currency = "XOF"
    starts_on = factory.LazyFunction(timezone.localdate)
    purpose = "Caravane de la paix"


class NeedFactory(DjangoModelFactory[Need]):
    """Something that an organisation that works in Koro lacks."""

    class Meta:
        model = Need

    organisation = factory.SubFactory(OrganisationFactory, areas=["Koro"])
    kind = "transport"
    words = "Deux motos pour aller dans les villages."


class FundingCallFactory(DjangoModelFactory[FundingCall]):
    """A call of the whole country for any theme, that closes in a month."""

    class Meta:
        model = FundingCall

    title = factory.Sequence(lambda n: f"Appel {n}")
    funder_text = "Fonds pour la paix"
    closes_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))


class ProgrammeFactory(DjangoModelFactory[Programme]):
    """A programme of reintegration in Koro."""

    class Meta:
        model = Programme

    organisation = factory.SubFactory(OrganisationFactory)
    title = factory.Sequence(lambda n: f"Programme {n}")
    place_text = "Maison des jeunes"

    @classmethod
    def _create(cls, model_class: type[Programme], *args: Any, **kwargs: Any) -> Programme:
        return super()._create(model_class, *args, **_in_area(kwargs))


def _in_area(kwargs: dict[str, Any]) -> dict[str, Any]:
    where = kwargs.pop("where", "Koro")
    found = area(where) if isinstance(where, str) else where
    return {"area": found, **columns_of(where), **kwargs}
