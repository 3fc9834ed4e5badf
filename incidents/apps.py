"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """See the package's models for what it holds."""

    name = "incidents"
    verbose_name = _("Reports, incidents and alerts")

    def ready(self) -> None:
        """Offer the foundation's pages what they show of this app, and the outbox the words of its messages."""
        from incidents import (
            alerting,
            chains,
            choosing,
            digests,
            exercise_desk,
            exercise_words,
            ladder_desk,
            messages,
            panels,
            safety_shown,
            truth,
            twoway,
        )
        from incidents.conduct import conduct_waiting
        from incidents.desk import reports_waiting
        from incidents.intake.sms import report_by_sms
        from incidents.presentation import TABS
        from incidents.services import feedback, resolving
        from incidents.services.reply_sms import answer_by_sms
        from orgs import providers
        from orgs.messaging import inbound
        from orgs.presentation import tabs

        providers.waiting.register(reports_waiting)
        providers.waiting.register(conduct_waiting)
        alerting.register()
        ladder_desk.register()
        exercise_desk.register()
        exercise_words.register()
        messages.register()
        digests.register()
        choosing.register()
        chains.register()
        inbound.handlers.register(answer_by_sms)
        # Behind the answers to alerts: what those do not take may be a report.
        inbound.handlers.register(report_by_sms)
        feedback.register()
        twoway.register()
        tabs.register("alerts", TABS)
        resolving.register()
        panels.alert_page.register(safety_shown.section)
        providers.waiting.register(truth.unclosed_waiting)
