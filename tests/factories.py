"""Rows for tests, as the services would leave them. Areas are those that the product ships."""

# mypy: disable-error-code="no-untyped-call,attr-defined,no-any-return"

from __future__ import annotations

import secrets
from typing import Any

import factory
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from factory.django import DjangoModelFactory

from incidents.models import (
    Addition,
    Alert,
    AlertAudience,
    AlertState,
    Audience,
    Delivery,
    Door,
    Exercise,
    Feedback,
    FeedbackStep,
    Figure,
    Harm,
    HeldResponsible,
    HowKnown,
    Incident,
    IncidentState,
    Participation,
    PlacePrecision,
    ProxyEntry,
    RejectReason,
    Rendition,
    Report,
    ReporterIdentity,
    ReportState,
    Severity,
    Urgency,
    Way,
    WordToReporter,
)
from orgs.access import viewer_for
from orgs.crypto import seal
from orgs.models import (
    Actor,
    ActorLevel,
    ActorSector,
    Area,
    Channel,
    Contact,
    Language,
    Level,
    Membership,
    Organisation,
    OrganisationKind,
    OrganisationState,
    OrganisationVisibility,
    Role,
    Tlp,
    User,
    VerifiedHow,
)
from orgs.models.areas import name_key
from orgs.policy import Viewer
from orgs.services import directory_index

PASSWORD = "une-passerelle-de-bois-41"


def area(name: str, level: str = Level.CERCLE) -> Area:
    """An area of today's division by its name: ``area("Koro")``, ``area("Mopti", Level.REGION)``."""
    return Area.objects.with_names().get(edition__is_current=True, level=level, name_key=name_key(name))


def country() -> Area:
    """The whole country."""
    return Area.objects.with_names().get(edition__is_current=True, level=Level.COUNTRY)


def columns_of(where: Area | str | None) -> dict[str, int | None]:
    """The three area columns of a row that lies in ``where`` (an area, or the name of a cercle)."""
    if where is None:
        return {"region_id": None, "cercle_id": None, "commune_id": None}
    found = area(where) if isinstance(where, str) else where
    return {"region_id": found.region_id, "cercle_id": found.cercle_id, "commune_id": found.commune_id}


class UserFactory(DjangoModelFactory[User]):
    """A person with an e-mail address and the password ``PASSWORD``."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Personne {n}")
    email = factory.Sequence(lambda n: f"personne{n}@example.org")
    language = Language.FRENCH
    channel = Channel.EMAIL

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        kwargs.setdefault("password", PASSWORD)
        return User.objects.create_user(*args, **kwargs)


class OrganisationFactory(DjangoModelFactory[Organisation]):
    """An association that everybody with an account may see. ``areas=[...]`` takes areas or names of cercles."""

    class Meta:
        model = Organisation
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Association {n}")
    slug = factory.Sequence(lambda n: f"association-{n}")
    kind = OrganisationKind.ASSOCIATION
    visibility = OrganisationVisibility.PARTNERS

    @factory.post_generation
    def areas(self: Any, create: bool, extracted: list[Area | str] | None, **kwargs: Any) -> None:
        if create:
            self.areas.set([area(one) if isinstance(one, str) else one for one in extracted or ()])
            directory_index.refresh([self.pk])
            self.refresh_from_db()

    @classmethod
    def verified(cls, **fields: Any) -> Organisation:
        """An entry that somebody checked just now."""
        now = timezone.now()
        checked = {"verified_at": now, "verified_how": VerifiedHow.CALL, "confirmed_at": now}
        return cls.create(state=OrganisationState.VERIFIED, **{**checked, **fields})


class ContactFactory(DjangoModelFactory[Contact]):
    """A phone for coordinators' eyes."""

    class Meta:
        model = Contact

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Contact {n}")
    phone = factory.Sequence(lambda n: f"+22376{n:06d}")


class MembershipFactory(DjangoModelFactory[Membership]):
    """A post; ``areas=[...]`` takes areas or names of cercles (none: no area at all)."""

    class Meta:
        model = Membership
        skip_postgeneration_save = True

    person = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.COORDINATOR

    @factory.post_generation
    def areas(self: Any, create: bool, extracted: list[Area | str] | None, **kwargs: Any) -> None:
        if create and extracted:
            self.areas.set([area(one) if isinstance(one, str) else one for one in extracted])


class ActorFactory(DjangoModelFactory[Actor]):
    """A local security actor without people in this product."""

    class Meta:
        model = Actor

    name = factory.Sequence(lambda n: f"Acteur {n}")
    level = ActorLevel.LOCAL
    sector = ActorSector.SECURITY


class ReportFactory(DjangoModelFactory[Report]):
    """A new report from the web form. ``where`` as in ``columns_of``, Koro when not given."""

    class Meta:
        model = Report

    external_id = factory.LazyFunction(lambda: secrets.token_hex(12))
    content_key = factory.LazyFunction(lambda: secrets.token_hex(32))
    code_hash = factory.LazyFunction(lambda: secrets.token_hex(32))
    door = Door.WEB
    received_at = factory.LazyFunction(timezone.now)
    type_id = "looting"
    occurred_on = factory.LazyFunction(timezone.localdate)
    narrative = "Des hommes ont pris des vaches au marché."
    how_known = HowKnown.SAW
    place_text = "Koro"
    place_precision = PlacePrecision.CERCLE

    @classmethod
    def _create(cls, model_class: type[Report], *args: Any, **kwargs: Any) -> Report:
        return super()._create(model_class, *args, **_located(kwargs))

    @classmethod
    def attached(cls, incident: Incident, **fields: Any) -> Report:
        """A report that stands behind an incident."""
        return cls.create(incident=incident, state=ReportState.ATTACHED, decided_at=timezone.now(), **fields)

    @classmethod
    def rejected(cls, reason: str = RejectReason.UNCLEAR, **fields: Any) -> Report:
        """A report that was set aside."""
        return cls.create(state=ReportState.REJECTED, reject_reason=reason, decided_at=timezone.now(), **fields)


class AdditionFactory(DjangoModelFactory[Addition]):
    """Something added later."""

    class Meta:
        model = Addition

    report = factory.SubFactory(ReportFactory)
    text = "Il y avait aussi une moto."
    content_key = factory.LazyFunction(lambda: secrets.token_hex(32))


class WordToReporterFactory(DjangoModelFactory[WordToReporter]):
    """A question of the desk to a reporter."""

    class Meta:
        model = WordToReporter

    report = factory.SubFactory(ReportFactory)
    text = "Est-ce que tout le monde est en sécurité ?"


class ProxyEntryFactory(DjangoModelFactory[ProxyEntry]):
    """A phone call, written down for the caller."""

    class Meta:
        model = ProxyEntry

    report = factory.SubFactory(ReportFactory, door=Door.PROXY)
    way = Way.CALL


class FeedbackFactory(DjangoModelFactory[Feedback]):
    """That a reporter was told that their report was read."""

    class Meta:
        model = Feedback

    report = factory.SubFactory(ReportFactory)
    step = FeedbackStep.READ


class IdentityFactory(DjangoModelFactory[ReporterIdentity]):
    """Who sent a report: ``said={...}`` is sealed."""

    class Meta:
        model = ReporterIdentity

    class Params:
        said = factory.LazyFunction(lambda: {"name": "Awa T.", "phone": "+22370000001"})

    report = factory.SubFactory(ReportFactory)
    sealed = factory.LazyAttribute(lambda made: seal(made.said))


class IncidentFactory(DjangoModelFactory[Incident]):
    """An open incident of TLP:AMBER. ``where`` as in ``columns_of``, Koro when not given."""

    class Meta:
        model = Incident

    type_id = "looting"
    occurred_on = factory.LazyFunction(timezone.localdate)
    state = IncidentState.OPEN
    tlp = Tlp.AMBER
    severity = Severity.MODERATE
    urgency = Urgency.EXPECTED
    narrative = "Récit interne."
    summary = "Vol de bétail au marché."
    place_precision = PlacePrecision.CERCLE

    @classmethod
    def _create(cls, model_class: type[Incident], *args: Any, **kwargs: Any) -> Incident:
        return super()._create(model_class, *args, **_located(kwargs))


class FigureFactory(DjangoModelFactory[Figure]):
    """One figure of one source."""

    class Meta:
        model = Figure

    incident = factory.SubFactory(IncidentFactory)
    kind = Harm.KILLED
    value = 3
    source = "radio locale"
    as_of = factory.LazyFunction(timezone.localdate)


class HeldResponsibleFactory(DjangoModelFactory[HeldResponsible]):
    """An actor held responsible."""

    class Meta:
        model = HeldResponsible

    incident = factory.SubFactory(IncidentFactory)
    actor = factory.SubFactory(ActorFactory)


class AlertFactory(DjangoModelFactory[Alert]):
    """A draft alert with the marking and grades of its incident."""

    class Meta:
        model = Alert

    incident = factory.SubFactory(IncidentFactory)
    tlp = factory.SelfAttribute("incident.tlp")
    severity = factory.SelfAttribute("incident.severity")
    urgency = factory.SelfAttribute("incident.urgency")
    instruction = "Évitez le marché aujourd’hui."

    @classmethod
    def released(cls, **fields: Any) -> Alert:
        """An alert that has been released."""
        return cls.create(**{"state": AlertState.RELEASED, "released_at": timezone.now(), **fields})


class ExerciseFactory(DjangoModelFactory[Exercise]):
    """A drill in Koro, to which nobody is invited yet."""

    class Meta:
        model = Exercise

    name = "Essai"
    area = factory.LazyFunction(lambda: area("Koro"))
    starts_at = factory.LazyFunction(timezone.now)


def made_a_drill(incident: Incident) -> Exercise:
    """A drill whose made-up incident this is; everybody there is takes part."""
    drill: Exercise = ExerciseFactory.create()
    Incident.objects.filter(pk=incident.pk).update(exercise=drill)
    invited = (Participation(exercise=drill, person=one, invited_at=timezone.now()) for one in User.objects.all())
    Participation.objects.bulk_create(invited)
    return drill


class AlertAudienceFactory(DjangoModelFactory[AlertAudience]):
    """One line of the choice of recipients."""

    class Meta:
        model = AlertAudience

    alert = factory.SubFactory(AlertFactory)
    audience = Audience.LIAISON


class RenditionFactory(DjangoModelFactory[Rendition]):
    """What one audience reads."""

    class Meta:
        model = Rendition

    alert = factory.SubFactory(AlertFactory)
    audience = Audience.LIAISON
    language = Language.FRENCH
    headline = "Vol de bétail, cercle de Koro"
    body = "Vol de bétail au marché."
    email_subject = "Alerte"
    email_text = "{code} {link}"
    sms_text = "{code}"


class DeliveryFactory(DjangoModelFactory[Delivery]):
    """One recipient of a released alert."""

    class Meta:
        model = Delivery

    alert = factory.LazyFunction(AlertFactory.released)
    rendition = factory.LazyAttribute(lambda made: RenditionFactory.create(alert=made.alert))
    recipient = factory.SubFactory(UserFactory)
    channel = Channel.EMAIL
    tlp = factory.SelfAttribute("alert.tlp")


def _located(fields: dict[str, Any]) -> dict[str, Any]:
    where = fields.pop("where", "Koro")
    if where is None:
        fields["place_precision"] = PlacePrecision.UNKNOWN
    return {**columns_of(where), **fields}


def person(role: str, *areas: Area | str, organisation: Organisation | None = None, **fields: Any) -> User:
    """A person with one post: ``person(Role.COORDINATOR, "Koro")``; a coordinator without an organisation of their own
    gets none."""
    needs = role in (Role.LIAISON, Role.REPORTER, Role.EDITOR, Role.MONITOR, Role.FACILITATOR)
    user = UserFactory.create(**fields)
    owner = organisation or (OrganisationFactory.create() if needs else None)
    MembershipFactory.create(person=user, organisation=owner, role=role, areas=list(areas))
    return user


def viewer(role: str, *areas: Area | str, organisation: Organisation | None = None) -> Viewer:
    """Who asks: a person made by ``person``."""
    return viewer_for(person(role, *areas, organisation=organisation))


def signed_in(user: User) -> Client:
    """A browser in which this person is signed in, with a second factor set up."""
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "x"}})
    client = Client()
    client.force_login(user)
    return client
