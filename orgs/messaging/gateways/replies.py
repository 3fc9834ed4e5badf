"""Reading what a gateway answers to a send. Everything unusual is later or uncertain, never silently sent."""

from typing import Any

from orgs.messaging import outcomes, reasons
from orgs.messaging.outcomes import Outcome, ServerDown

# Between us and the gateway stands something that gave up waiting: the message may have gone through.
FATE_UNKNOWN = (502, 504)
OURS_TO_MEND = (401, 403, 404, 405, 407)
TRY_LATER = (408, 425, 429)


def by_status(status: int, answer: Any, id_path: str) -> Outcome:
    """What the HTTP status alone says. ``id_path`` leads to the gateway's number in the answer ("data.id")."""
    if status < 300:
        return outcomes.sent(found(answer, id_path))
    if status in FATE_UNKNOWN:
        return outcomes.uncertain()
    if status in OURS_TO_MEND:
        # Wrong password or address: no message is to blame.
        raise ServerDown(reasons.REFUSED)
    if status == 402:
        raise ServerDown(reasons.NO_CREDIT)
    if status >= 500 or status < 400 or status in TRY_LATER:
        return outcomes.later(reasons.BUSY, trouble=True)
    return outcomes.refused(reasons.REFUSED)


def found(answer: Any, path: str) -> str:
    """The text at the end of a dotted path; "0" steps into a list. Empty when it is not there."""
    for step in path.split(".") if path else []:
        if isinstance(answer, dict):
            answer = answer.get(step)
        elif isinstance(answer, list) and step.isdigit() and int(step) < len(answer):
            answer = answer[int(step)]
        else:
            return ""
    return str(answer) if path and isinstance(answer, str | int) else ""


def kannel(status: int, answer: Any, id_path: str) -> Outcome:
    """Kannel says 202 with "0: Accepted" or "3: Queued"; 400 is an unreachable or malformed number."""
    if status == 503:
        return outcomes.later(reasons.BUSY, trouble=True)
    return by_status(status, answer, id_path)


_AFRICASTALKING_REFUSES = {
    402: reasons.REFUSED,
    403: reasons.UNKNOWN_ADDRESS,
    404: reasons.REFUSED,
    406: reasons.BLOCKED,
    407: reasons.REFUSED,
    409: reasons.BLOCKED,
}


def africastalking(status: int, answer: Any, id_path: str) -> Outcome:
    """The HTTP answer is 201 even when the one recipient was refused: their own code counts."""
    if status >= 300:
        return by_status(status, answer, id_path)
    code = found(answer, "SMSMessageData.Recipients.0.statusCode")
    number = int(code) if code.isdigit() else 0
    if number in (100, 101, 102):
        return outcomes.sent(found(answer, id_path))
    if number == 405:
        raise ServerDown(reasons.NO_CREDIT)
    if number in _AFRICASTALKING_REFUSES:
        return outcomes.refused(_AFRICASTALKING_REFUSES[number])
    return outcomes.later(reasons.BUSY, trouble=True)


def twilio(status: int, answer: Any, id_path: str) -> Outcome:
    """Twilio refuses a number for good with 400 and a code of its own."""
    code = found(answer, "code")
    if status == 400 and code == "21610":
        return outcomes.refused(reasons.BLOCKED)
    if status == 400 and code in {"21211", "21214", "21614"}:
        return outcomes.refused(reasons.UNKNOWN_ADDRESS)
    return by_status(status, answer, id_path)
