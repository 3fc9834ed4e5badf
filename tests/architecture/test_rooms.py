"""The rooms of the house: who may import whom, and how long a file may grow."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from config.paths import BASE_DIR

APPS = ("orgs", "incidents", "dialogues")
LINES_ALLOWED = 450
# Where rows are read or written by rule: managers and services live beside these names.
READS_CONTENT = ("views", "views.py", "api")
LOGGING_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
PERSONAL = {"email", "phone", "address", "narrative", "code", "name", "words", "text", "body"}


def sources(*folders: str) -> list[Path]:
    paths = [path for folder in folders for path in sorted((BASE_DIR / folder).rglob("*.py"))]
    return [path for path in paths if "migrations" not in path.parts]


def name(path: Path) -> str:
    return path.relative_to(BASE_DIR).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_imports_point_one_way() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    done = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "2 kept, 0 broken" in done.stdout


def test_foreign_keys_by_name_point_one_way() -> None:
    """An import rule does not see ``ForeignKey("dialogues.Session")``."""
    order = {label: rank for rank, label in enumerate(APPS)}
    wrong = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for label in APPS
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields()
        if field.concrete and field.related_model and not isinstance(field.related_model, str)
        if order.get(field.related_model._meta.app_label, -1) > order[label]
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", [*APPS, "config", "tests"])
def test_files_are_short_enough_to_read(folder: str) -> None:
    long = {
        name(path): count for path in sources(folder) if (count := len(path.read_text().splitlines())) > LINES_ALLOWED
    }
    assert long == {}


def test_no_rooms_for_leftovers() -> None:
    names = {"utils.py", "helpers.py", "signals.py", "misc.py", "common.py"}
    assert [name(path) for path in sources(*APPS, "config") if path.name in names] == []


# The mechanism of the API: it fetches one row and asks the policy before it shows anything.
MECHANISM = {"orgs/api/resources.py"}
# Public vocabularies, the same for everybody: there is nothing to decide about who may see them.
VOCABULARIES = {"Area", "Edition", "Place", "IncidentType"}


def managers_used(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            if ast.unparse(node.value) in VOCABULARIES:
                continue
            yield node.lineno, ast.unparse(node)


@pytest.mark.parametrize("app", APPS)
def test_pages_and_api_read_through_access(app: str) -> None:
    """Views never choose rows themselves: what a person may see is decided in access.py alone."""
    found = [
        f"{name(path)}:{line} {text}"
        for path in sources(app)
        if path.relative_to(BASE_DIR / app).parts[0] in READS_CONTENT and name(path) not in MECHANISM
        for line, text in managers_used(tree(path))
    ]
    assert found == []


def attributes_logged(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        caller = node.func.value
        if node.func.attr in LOGGING_METHODS and isinstance(caller, ast.Name) and "log" in caller.id.lower():
            for inner in (part for argument in node.args[1:] for part in ast.walk(argument)):
                if isinstance(inner, ast.Attribute) and inner.attr in PERSONAL:
                    yield node.lineno, ast.unparse(inner)


@pytest.mark.parametrize("app", [*APPS, "config"])
def test_log_calls_name_no_personal_data(app: str) -> None:
    assert [
        f"{name(path)}:{line} {text}" for path in sources(app) for line, text in attributes_logged(tree(path))
    ] == []


def statements(function: ast.FunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return sum(not isinstance(node, ast.Import | ast.ImportFrom) for node in body)


@pytest.mark.parametrize("app", APPS)
def test_tasks_only_call_one_service(app: str) -> None:
    """Three statements at most in a task; whatever it does, a service does it."""
    long = [
        f"{name(path)}:{node.name}"
        for path in sources(app)
        if path.name == "tasks.py"
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and node.decorator_list and statements(node) > 3
    ]
    assert long == []


def test_the_rules_find_what_they_forbid() -> None:
    code = ast.parse("logger.info('%s', user.email)\nrows = Report.objects.all()\n")
    assert list(attributes_logged(code)) == [(1, "user.email")]
    assert list(managers_used(code)) == [(2, "Report.objects")]
