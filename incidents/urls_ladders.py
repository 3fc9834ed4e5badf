"""Addresses of ladders and exercises."""

from django.urls import path

from incidents.views import alert_ladders, exercises, ladders

ladder_urls = [
    path("alerts/ladders/", ladders.ladders_page, name="ladders"),
    path("alerts/ladders/new/", ladders.ladder_new, name="ladder-new"),
    path("alerts/ladders/try/", ladders.ladder_try, name="ladder-try"),
    path("alerts/ladders/<int:number>/", ladders.ladder_page, name="ladder"),
    path("alerts/ladders/<int:number>/edit/", ladders.ladder_edit, name="ladder-edit"),
    path("alerts/<uuid:number>/ladder/", alert_ladders.alert_ladder, name="alert-ladder"),
    path("alerts/<uuid:number>/ladder/now/", alert_ladders.alert_ladder_now, name="alert-ladder-now"),
    path("alerts/<uuid:number>/ladder/stop/", alert_ladders.alert_ladder_stop, name="alert-ladder-stop"),
    path("alerts/<uuid:number>/ladder/call/", alert_ladders.alert_ladder_call, name="alert-ladder-call"),
]

exercise_urls = [
    path("alerts/exercises/", exercises.exercises_page, name="exercises"),
    path("alerts/exercises/new/", exercises.exercise_new, name="exercise-new"),
    path("alerts/exercises/answer/", exercises.exercise_answer, name="exercise-answer"),
    path("alerts/exercises/<int:number>/", exercises.exercise_page, name="exercise"),
    path("alerts/exercises/<int:number>/edit/", exercises.exercise_edit, name="exercise-edit"),
    path("alerts/exercises/<int:number>/participants/", exercises.exercise_participants, name="exercise-participants"),
    path(
        "alerts/exercises/<int:number>/participants/<int:participation>/remove/",
        exercises.exercise_drop,
        name="exercise-drop",
    ),
    path("alerts/exercises/<int:number>/invite/", exercises.exercise_invite, name="exercise-invite"),
    path("alerts/exercises/<int:number>/start/", exercises.exercise_start, name="exercise-start"),
    path("alerts/exercises/<int:number>/end/", exercises.exercise_end, name="exercise-end"),
    path("alerts/exercises/<int:number>/report/", exercises.exercise_report, name="exercise-report"),
    path("alerts/exercises/<int:number>/lessons/", exercises.exercise_lessons, name="exercise-lessons"),
]
