"""Whatever a program asks or sends of dialogues: an answer as the schema describes it, or a refusal; never a crash."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from dialogues.models import Provision
from orgs.models import Role, Tlp
from tests.dialogues.exports.reading import program
from tests.factories import OrganisationFactory, area, person
from tests.factories_agreements import agreement, committee, finding, holding, seat
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db
NAMES = ("sessions", "processes", "commitments", "agreements", "committees")
FEW = settings(
    max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
    derandomize=True,
)  # fmt: skip


@pytest.fixture
def described() -> dict[str, Any]:
    answer: dict[str, Any] = Client().get("/api/schema/", headers={"accept": "application/json"}).json()
    return answer


def test_lists_and_rows_are_as_the_schema_describes_them(described: dict[str, Any]) -> None:
    process = ProcessFactory.create()
    session(process=str(process.uid), minutes="Dit.", agreements=("Le puits.",))
    finding(Provision.objects.get(agreement=agreement("Koro", "Un")), OrganisationFactory.create(), "kept")
    holding(seat(committee("Koro")))
    for role in (Role.COORDINATOR, Role.REPORTER):
        asks, checked = program(person(role, "Koro")), 0
        for name in NAMES:
            page = asks.get(f"/api/v1/{name}/").json()
            _check(described, f"/api/v1/{name}/", page)
            for row in page["results"]:
                _check(described, f"/api/v1/{name}/{{key}}/", asks.get(f"/api/v1/{name}/{row['id']}/").json())
                checked += 1
        assert checked == 4


def _check(described: dict[str, Any], path: str, answer: Any) -> None:
    """Against what is described, nulls and all; a field that is not described is a mistake too."""
    content = described["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    parts = {name: each | {"additionalProperties": False} for name, each in described["components"]["schemas"].items()}
    whole = _with_nulls({**content, "components": {"schemas": parts}})
    problems = [
        f"{list(one.instance_path)}: {one.message}" for one in jsonschema_rs.validator_for(whole).iter_errors(answer)
    ]
    assert problems == [], path


def _with_nulls(schema: Any) -> Any:
    """OpenAPI 3.0 says ``nullable``, which JSON Schema does not know."""
    if isinstance(schema, list):
        return [_with_nulls(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _with_nulls(each) for name, each in schema.items() if name not in ("nullable", "readOnly")}
    if not schema.get("nullable"):
        return plain
    return {"anyOf": [plain, {"type": "null"}]}


def _operations(described: dict[str, Any]) -> Iterator[Any]:
    ours = {
        path: each
        for path, each in described["paths"].items()
        if path.startswith(tuple(f"/api/v1/{name}/" for name in NAMES))
    }
    found: Any = schemathesis.openapi.from_dict(described | {"paths": ours}).get_all_operations()
    for operation in found:
        yield operation.ok()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "broken"])
def test_nothing_that_is_sent_breaks_it(described: dict[str, Any], mode: GenerationMode) -> None:
    session(tlp=Tlp.GREEN)
    asks, seen = program(person(Role.COORDINATOR, "Koro")), set[str]()
    for operation in _operations(described):
        _fuzz(asks, operation, mode, seen.add)
    assert {"POST", "GET"} <= {one.split()[0] for one in seen}


def _fuzz(asks: Client, operation: Any, mode: GenerationMode, note: Callable[[str], None]) -> None:
    @FEW
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        sent = case.as_transport_kwargs(base_url="http://testserver")
        answer = asks.generic(
            case.method.upper(), case.formatted_path, data=_body(sent), content_type="application/json",
            query_params={name: str(value) for name, value in (sent.get("params") or {}).items()},
            headers={"Idempotency-Key": str((case.headers or {}).get("Idempotency-Key", "k"))},
        )  # fmt: skip
        note(f"{case.method} {answer.status_code}")
        assert answer.status_code < 500, (case.method, case.formatted_path, sent)
        if answer.status_code == 400:
            assert isinstance(answer.json(), dict)

    send()


def _body(sent: dict[str, Any]) -> Any:
    if sent.get("json") is not None:
        return json.dumps(sent["json"]).encode()
    data = sent.get("data")
    return data if isinstance(data, bytes) else b""


def test_yesterday_is_a_day_that_a_session_may_be_of() -> None:
    """What the fuzz test sends is mostly refused: this one is what is taken."""
    day = (timezone.localdate() - timedelta(days=1)).isoformat()
    said = {"title": "Le puits", "held_on": day, "area": area("Koro").pcode, "participants": 3}
    answer = program(person(Role.COORDINATOR, "Koro")).post(
        "/api/v1/sessions/", data=said, content_type="application/json", headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 201
