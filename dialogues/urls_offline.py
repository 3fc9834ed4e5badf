"""Addresses of writing a session down on a phone without network."""

from django.urls import URLPattern, path

from dialogues.views import offline

offline_urls: list[URLPattern] = [
    path("dialogues/offline/", offline.offline, name="dialogue-offline"),
    path("dialogues/offline/en/", offline.offline, {"language": "en"}, name="dialogue-offline-english"),
    path("dialogues/offline/mine/", offline.mine, name="dialogue-offline-mine"),
    path("dialogues/offline/send/", offline.send, name="dialogue-offline-send"),
    path("dialogues/offline/sw.js", offline.worker, name="dialogue-offline-worker"),
    path("dialogues/offline/manifest.webmanifest", offline.manifest, name="dialogue-offline-manifest"),
]
