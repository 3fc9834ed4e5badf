"""Addresses of what goes both ways with liaisons."""

from django.urls import path

from incidents.views import advisories, answers, twoway

_ADVISORY = "alerts/advisories/<uuid:number>/"

twoway_urls = [
    path("alerts/advisories/", advisories.advisory_list, name="advisories"),
    path("alerts/advisories/new/", advisories.advisory_new, name="advisory-new"),
    path(_ADVISORY, advisories.advisory, name="advisory"),
    path(f"{_ADVISORY}words/", advisories.advisory_words, name="advisory-words"),
    path(f"{_ADVISORY}withdraw/", advisories.advisory_withdraw, name="advisory-withdraw"),
    path(f"{_ADVISORY}hold/", advisories.advisory_hold, name="advisory-hold"),
    path(f"{_ADVISORY}pass-on/", advisories.advisory_pass_on, name="advisory-pass-on"),
    path("alerts/<uuid:number>/ask/", twoway.alert_ask, name="alert-ask"),
    path("alerts/questions/<int:question>/answer/", twoway.question_answer, name="question-answer"),
    path("alerts/questions/<int:question>/close/", twoway.question_close, name="question-close"),
    path("alerts/outcomes/<int:reply>/", twoway.outcome_decide, name="outcome-decide"),
    path("alerts/answers/", answers.answers, name="alert-answers"),
    path("exports/alert-answers.csv", answers.answers_csv, name="alert-answers-csv"),
]
