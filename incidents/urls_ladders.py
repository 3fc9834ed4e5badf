"""Addresses of ladders and exercises."""

from django.urls import path

from incidents.views import alert_ladders, ladders

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
