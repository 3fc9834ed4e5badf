"""The photos and voice messages of one report, as the desk shows them."""

from typing import Any

from incidents.disclosure import ATTACHMENT
from incidents.models import Attachment, AttachmentState, MediaKind, Refusal, Report

PLAYED_BY_BROWSERS = ("audio/ogg", "audio/webm", "audio/mp4", "audio/mpeg", "audio/aac", "audio/wav")


def files_of(report: Report) -> list[dict[str, Any]]:
    """Files in the order in which they came, those not kept with their reason. One query."""
    kinds, refusals = dict(MediaKind.choices), dict(Refusal.choices)
    return [
        {
            **ATTACHMENT.show(row, "coordinator"),
            "is_photo": row.kind == MediaKind.PHOTO,
            "ready": row.state == AttachmentState.READY,
            "coming": row.state == AttachmentState.RECEIVING,
            "played": row.media_type in PLAYED_BY_BROWSERS,
            "label": kinds.get(row.kind, ""),
            "why": refusals.get(row.refusal, ""),
        }
        for row in Attachment.objects.filter(report=report).order_by("received_at", "pk")
    ]
