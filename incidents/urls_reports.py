"""Addresses of reporting. A receipt's code never stands in one."""

from django.urls import path

from incidents.views import media, offline, proxy, reports

report_urls = [
    path("report/", reports.report, name="report"),
    path("report/sent/", reports.report_sent, name="report-sent"),
    path("report/follow-up/", reports.follow_up, name="follow-up"),
    path("report/erase/", reports.erase, name="report-erase"),
    path("report/for-somebody/", proxy.enter, name="report-for-somebody"),
    path("report/read-out/", proxy.read_out, name="report-read-out"),
    path("report/mine/", reports.own, name="report-own"),
    path("report/files/", media.report_files, name="report-files"),
    path("report/media/", media.media_start, name="media-start"),
    path("report/media/<slug:upload_id>/", media.media_piece, name="media-piece"),
    path("report/prompts/<int:prompt_id>/", media.prompt, name="prompt"),
    path("report/offline/", offline.offline, name="offline"),
    path("report/offline/send/", offline.offline_send, name="offline-send"),
    path("report/offline/en/", offline.offline, {"language": "en"}, name="offline-english"),
    path("report/sw.js", offline.worker, name="offline-worker"),
    path("report/manifest.webmanifest", offline.manifest, name="offline-manifest"),
    # Before allauth's own: signing out also erases what the offline page keeps.
    path("accounts/logout/", offline.SignOut.as_view(), name="account_logout"),
]
