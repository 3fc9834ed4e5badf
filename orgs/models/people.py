"""People who sign in or receive alerts, what they do and where, and how they came to be here."""

import uuid
from typing import Any

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from orgs.models.vocabulary import HOME_ZONE, WITH_ADDRESSES, Channel, Language, Role, TimeZone


class UserQuerySet(models.QuerySet["User"]):
    """Set-based reads of people."""

    def active(self) -> "UserQuerySet":
        """People who may sign in and be told things."""
        return self.filter(is_active=True)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes people from an e-mail address or a phone number."""

    def create_user(
        self, *, email: str | None = None, phone: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        """Make a person; without a password they cannot sign in until they choose one."""
        user: User = self.model(email=self.normalize_email(email) if email else None, phone=phone or None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an administrator. There are no superusers: nobody passes by the access rules."""
        user = self.create_user(email=email, password=password, **fields)
        Membership.objects.create(person=user, role=Role.ADMINISTRATOR)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a person by what they type to sign in."""
        person: User = self.get(models.Q(email__iexact=username) | models.Q(phone=username))
        return person


class User(AbstractBaseUser):
    """A person: signs in by e-mail or phone, is told things by the channel they chose.

    What a person may see or do follows from memberships alone (``orgs.access``); there are no superusers and
    no per-user permissions.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=16, null=True, blank=True, unique=True, help_text=_("+223 …"))
    phone_verified_at = models.DateTimeField(_("phone proved"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.FRENCH)
    channel = models.CharField(_("told by"), max_length=10, choices=Channel, default=Channel.EMAIL)
    time_zone = models.CharField(
        _("time zone"), max_length=32, choices=TimeZone, default=HOME_ZONE, db_default=HOME_ZONE
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet until"), null=True, blank=True)
    hour_cap = models.PositiveSmallIntegerField(_("messages in an hour at most"), default=6, db_default=6)
    digest_hour = models.PositiveSmallIntegerField(_("hour of the digest"), default=7, db_default=7)
    wants_digest = models.BooleanField(
        _("gets the digest"), default=True, db_default=True, help_text=_("Without it, what waits is in the inbox only.")
    )
    ways = ArrayField(
        models.CharField(max_length=10, choices=Channel),
        verbose_name=_("ways in their order"),
        default=list,
        db_default=[],
        blank=True,
        help_text=_("Empty: by the channel above, then by e-mail or SMS, whichever is left."),
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("Off until an invitation is accepted, and again once the account is closed."),
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    session_epoch = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("Part of every session’s mark: adding one ends them all.")
    )
    is_demo = models.BooleanField(_("demonstration"), default=False)
    date_joined = models.DateTimeField(_("since"), auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
            models.CheckConstraint(
                condition=models.Q(email__isnull=False) | models.Q(phone__isnull=False), name="user_can_be_reached"
            ),
            models.CheckConstraint(condition=~models.Q(email=""), name="user_email_null_not_empty"),
            models.CheckConstraint(
                condition=models.Q(phone__isnull=True) | models.Q(phone__regex=r"^\+[1-9][0-9]{6,14}$"),
                name="user_phone_e164",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | models.Q(is_active=False), name="user_closed_is_not_active"
            ),
            # A zone that the database does not know would stop the release of every alert.
            models.CheckConstraint(condition=models.Q(time_zone__in=TimeZone.values), name="user_time_zone_known"),
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | (
                    models.Q(quiet_from__isnull=False, quiet_to__isnull=False)
                    & ~models.Q(quiet_from=models.F("quiet_to"))
                ),
                name="user_quiet_from_and_to",
            ),
            models.CheckConstraint(
                condition=models.Q(digest_hour__lte=23, hour_cap__gte=1, hour_cap__lte=60), name="user_hours_in_range"
            ),
            # The other ways need an address of their own and stand in ``ways``.
            models.CheckConstraint(
                condition=~models.Q(channel__in=WITH_ADDRESSES), name="user_told_by_a_plain_channel"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep addresses in the one form in which they are looked up: e-mail in small letters, nothing for empty."""
        self.email = self.email.lower() if self.email else None
        self.phone = self.phone or None
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        mark: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]
        words = f"{mark}{self.session_epoch}"
        return salted_hmac("orgs.User.session_epoch", words, secret=secret, algorithm="sha256").hexdigest()

    def get_short_name(self) -> str:
        """The name by which pages greet the person."""
        return self.name

    @property
    def is_staff(self) -> bool:
        """Whether the person may enter Django admin (asked by admin; the rule is in ``orgs.access``)."""
        from orgs.access import may_enter_admin

        return may_enter_admin(self)

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        """Whether admin may show or change a model (asked by admin; the rule is in ``orgs.access``)."""
        from orgs.access import has_admin_permission

        return has_admin_permission(self, perm)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether admin lists an app at all."""
        return self.is_active and self.is_staff


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Set-based reads of memberships."""

    def current(self) -> "MembershipQuerySet":
        """Memberships that count today, of people who are active."""
        return self.filter(
            models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=Now()), person__is_active=True, starts_at__lte=Now()
        )


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    fields=["person", "organisation", "role", "starts_at", "ends_at"],
    model_name="MembershipHistory",
    level=pghistory.Statement,
)
class Membership(models.Model):
    """A person does a role for an organisation in given areas (the whole subtree of each)."""

    person = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("person"))
    organisation = models.ForeignKey(
        "orgs.Organisation",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("organisation"),
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    areas = models.ManyToManyField("orgs.Area", blank=True, related_name="memberships", verbose_name=_("areas"))
    starts_at = models.DateTimeField(_("from"), db_default=Now())
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ("person_id", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role"], nulls_distinct=False, name="membership_once"
            ),
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=False)
                | ~models.Q(role__in=[Role.LIAISON, Role.REPORTER, Role.EDITOR, Role.MONITOR, Role.FACILITATOR]),
                name="membership_has_organisation",
            ),
        ]
        indexes = [
            # Fan-out asks for the people of a role (and organisation); pages ask for a person's own.
            models.Index(fields=["role", "organisation", "person"], name="membership_by_role"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_role_display()}"


class Invitation(models.Model):
    """An offer of a membership, accepted through a link that works once. Only a hash of its token is kept."""

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="invitations", verbose_name=_("person"))
    invited_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("invited by")
    )
    channel = models.CharField(_("sent by"), max_length=10, choices=Channel, default=Channel.EMAIL)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-created_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True) | models.Q(revoked_at__isnull=True),
                name="invitation_accepted_or_revoked",
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=[Channel.EMAIL, Channel.SMS]), name="invitation_channel_sends"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ApiToken(models.Model):
    """A key by which a program works as a person. Only its hash is kept; it is shown once."""

    person = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("person"))
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    label = models.CharField(_("label"), max_length=80)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.label

    @property
    def has_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()
