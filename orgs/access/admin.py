"""Who may do what in Django admin."""

from orgs.models import Membership, Role, User

ADMIN_ROLES = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.OVERSIGHT, Role.OPERATOR)

# What each role may do in admin: model -> actions. What rows it then sees is asked of the model's policy.
# Reports, incidents, alerts and what hangs on them are read in admin and changed on the desk, by services.
DIRECTORY_MODELS = (
    "organisation",
    "organisationname",
    "factsource",
    "contact",
    "actor",
    "actorrole",
    "organisationlink",
    "term",
    "stateservice",
    "membership",
    "user",
    "invitation",
    "apitoken",
    "incidenttype",
    "changerequest",
    "changeitem",
    "confirmation",
    "importjob",
    "importrow",
    "training",
    "attendance",
    "subgrant",
    "grantreport",
    "need",
    "fundingcall",
    "programme",
    "programmecount",
    "merge",
    "notduplicate",
    "device",
    "webhooksource",
    "prompt",
    "safetybar",
    "address",
    "wayout",
    "papertext",
)
SAFETY_MODELS = ("safetyreview", "safetyanswer", "safetyoverride", "alertclosing")
# Of a session; who was there by name and what could endanger somebody are sealed, and not in admin at all.
SESSION_MODELS = ("session", "attendance", "issue", "point", "sessionedit")
_READ = frozenset({"view"})
_WRITE = frozenset({"view", "add", "change", "delete"})
ADMIN_ACTIONS: dict[str, dict[str, frozenset[str]]] = {
    Role.ADMINISTRATOR: {
        **dict.fromkeys(DIRECTORY_MODELS, _WRITE),
        **dict.fromkeys(("edition", "area", "place"), _WRITE),
        **dict.fromkeys(("emailaddress", "authenticator"), frozenset({"view", "delete"})),
        **dict.fromkeys(
            ("areaneighbour", "subscription", "ruleasdigest", "dutyroster", "dutyshift", "dutyreplacement"), _READ
        ),
        "calendaraddress": _READ,
    },
    Role.COORDINATOR: dict.fromkeys(
        (
            "organisation",
            "organisationname",
            "factsource",
            "contact",
            "changerequest",
            "changeitem",
            "confirmation",
            "actor",
            "actorrole",
            # Coordinators alone: what organisations say of actors is theirs, and administrators do not read it.
            "actorview",
            "organisationlink",
            "term",
            "stateservice",
            "importjob",
            "importrow",
            "edition",
            "area",
            "place",
            "incidenttype",
            "training",
            "attendance",
            "subgrant",
            "grantreport",
            "need",
            "fundingcall",
            "programme",
            "programmecount",
            "merge",
            "notduplicate",
            "report",
            "reporteridentity",
            "addition",
            "wordtoreporter",
            "alertquestion",
            "questionanswer",
            "outcomedecision",
            "advisory",
            "advisorywording",
            "notice",
            "proxyentry",
            "feedback",
            "attachment",
            "prompt",
            "incident",
            "figure",
            "heldresponsible",
            "alert",
            "alertaudience",
            "capmessage",
            "rendition",
            "delivery",
            "carriage",
            "fallback",
            "reply",
            "ladder",
            "ladderstep",
            "alertladder",
            "escalation",
            "exercise",
            "participation",
            "device",
            "odksubmission",
            "areaneighbour",
            "dutyroster",
            "dutyshift",
            "dutyreplacement",
            "alertquestion",
            "questionanswer",
            "outcomedecision",
            "advisory",
            "advisorywording",
            "notice",
            "proposal",
            "priority",
            "groupingstep",
            "ratinground",
            "ratedpriority",
            "papercount",
            "consensusmark",
            "dissent",
            "agreement",
            "provision",
            "assessment",
            "incidenttouches",
            "committee",
            "seat",
            "holding",
            "meeting",
            "decision",
            "decisionfollowup",
            "process",
            "answered",
            "takenup",
            "sessionimport",
            "sessionimportrow",
            *SAFETY_MODELS,
            *SESSION_MODELS,
            "commitment",
            "followup",
            "reminder",
            "meetingreminder",
        ),
        _READ,
    ),
    Role.OVERSIGHT: dict.fromkeys(
        ("auditentry", "conductfeedback", "conductnote", "conductpattern", *SAFETY_MODELS), _READ
    ),
    Role.OPERATOR: {
        **dict.fromkeys(("message", "receivedsms", "smssender", "smsconversation"), _READ),
        "wayout": frozenset({"view", "change"}),
    },
}


def may_enter_admin(user: User) -> bool:
    """Whether a person may enter Django admin at all."""
    return user.is_active and bool(_roles_for_admin(user))


def has_admin_permission(user: User, permission: str) -> bool:
    """Whether a person may do ``"app.action_model"`` in admin."""
    if not user.is_active:
        return False
    action, _, model = permission.partition(".")[2].partition("_")
    return any(action in ADMIN_ACTIONS[role].get(model, ()) for role in _roles_for_admin(user))


def _roles_for_admin(user: User) -> frozenset[str]:
    cached: frozenset[str] | None = getattr(user, "_admin_roles", None)
    if cached is None:
        roles = Membership.objects.current().filter(person=user, role__in=ADMIN_ROLES).values_list("role", flat=True)
        cached = frozenset(roles)
        user._admin_roles = cached  # type: ignore[attr-defined]
    return cached
