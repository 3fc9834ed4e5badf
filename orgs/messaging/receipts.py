"""Receipts: what gateways tell us later about messages they took. They come late, twice, too early, or never."""

from django.db import connection

from orgs.messaging import ledger
from orgs.messaging.gateways.callbacks import Receipt
from orgs.models import EarlyReceipt, Message, MessageState

KEPT_DAYS = 3

# A message that reached somebody is not sent again, even if we had not yet written down that it went out. A failure
# counts only for what is under way or sent: while another attempt waits, that attempt will tell.
_APPLY = """
    UPDATE orgs_message SET state = %(state)s, reason = %(reason)s, final_at = statement_timestamp()
     WHERE {found} AND (state IN ('sending', 'sent') OR state = 'pending' AND %(state)s = 'delivered')"""

_APPLY_EARLY = """
    WITH applied AS (
        UPDATE orgs_message AS message
           SET state = receipt.state, reason = receipt.reason, final_at = statement_timestamp()
          FROM orgs_earlyreceipt AS receipt
         WHERE message.gateway_id = receipt.reference AND message.gateway_id <> '' AND message.state = 'sent'
     RETURNING receipt.id)
    DELETE FROM orgs_earlyreceipt
     WHERE id IN (SELECT id FROM applied) OR received_at < statement_timestamp() - %s * interval '1 day'"""


def apply(gateway: str, receipt: Receipt) -> None:
    """Write down what a receipt says. A final delivered or failed stays; word of a message on its way is not kept."""
    if not receipt.state:
        return
    key = ledger.by_key(receipt.reference)
    reference = f"{gateway}:{receipt.reference}"[:120]
    with connection.cursor() as cursor:
        values = {"state": str(receipt.state), "reason": receipt.reason, "key": key, "reference": reference}
        found = "gateway_id = %(reference)s AND gateway_id <> ''" if key is None else "key = %(key)s"
        cursor.execute(_APPLY.format(found=found), values)
        changed = cursor.rowcount
    if changed or key is not None or Message.objects.filter(gateway_id=reference).exists():
        return
    EarlyReceipt.objects.bulk_create(
        [EarlyReceipt(reference=reference, state=MessageState(receipt.state), reason=receipt.reason)],
        ignore_conflicts=True,
    )


def apply_early() -> None:
    """Apply receipts whose message has meanwhile been booked; forget those that never found one."""
    with connection.cursor() as cursor:
        cursor.execute(_APPLY_EARLY, [KEPT_DAYS])
