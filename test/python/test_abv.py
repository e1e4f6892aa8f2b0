"""abvdev from PyPI, unmodified, against a real instance."""

import gzip
import json
from pathlib import Path
from typing import Iterator

import pytest

from facts import Facts
from instance import Instance, Project
from story import (
    expect_fetched,
    expect_measured,
    expect_no_link,
    ids_to_read,
    run_program,
    settle,
)


@pytest.fixture(scope="module")
def project(instance: Instance) -> Project:
    return instance.create_project("abv for Python")


def settings(project: Project) -> dict[str, str]:
    return {"ABV_HOST": project.url, "ABV_API_KEY": project.abv_key}


@pytest.fixture(scope="module")
def facts(project: Project) -> Facts:
    return Facts.parse(run_program("with_abv", settings(project)))


def test_trap_11_prompts_are_created_fetched_compiled_and_promoted(facts: Facts) -> None:
    """The promotion's path holds the name's slash and space as they are."""
    expect_fetched(facts)


def test_every_number_is_there_within_two_ticks(
    instance: Instance, project: Project, facts: Facts
) -> None:
    settle(instance, project, facts)
    expect_measured(project, facts)


def test_a_fallback_makes_no_link(project: Project, facts: Facts) -> None:
    expect_no_link(project, facts.seen["unlinked"])


def stored(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file of the simulators, as it is and inflated."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            yield path, gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def test_trap_2_the_key_in_its_data_reaches_no_row_object_or_log(
    instance: Instance, project: Project, facts: Facts
) -> None:
    settle(instance, project, facts)
    key = project.abv_key
    # The SDK did send it, so there was something to leave out.
    assert any(json.loads(scope).get("api_key") == key for scope in facts.seen["scopes"] if scope)
    files = list(stored(instance.state))
    holding = lambda text: [path for path, content in files if text.encode() in content]
    # The search finds what is there: payloads in objects, ids in rows.
    assert holding("Good to see you."), "payloads"
    assert holding(facts.generations[0].observation_id), "rows"
    assert holding(key) == []
    assert key not in "".join(instance.output)


def test_the_sdk_reads_back_what_it_sent(instance: Instance, project: Project, facts: Facts) -> None:
    settle(instance, project, facts)
    ids = ids_to_read(facts)
    read = run_program("read_with_abv", {**settings(project), "E2E_IDS": ids})
    in_session = {one.trace_id for one in facts.generations if one.session_id}
    assert read == {
        "trace": ["ada", "session-python", ["e2e"]],
        "observations": ["GENERATION", "GENERATION", "SPAN"],
        "scores": ["helpful"],
        "traces": True,
        "observation": [
            "GENERATION",
            "managed-0",
            "gpt-4o-mini",
            {"input": 110, "output": 22, "total": 132},
            {"input": 0.0011, "output": 0.0022, "total": 0.0033},
            "greeting",
            2,
            0.14,
            0.035,
        ],
        "of_trace": 3,
        "score": ["helpful", 0.9, "API", "NUMERIC"],
        "scores_by_name": ["py-helpful"],
        "session": sorted(in_session),
        "sessions": ["session-python"],
        "prompts": [2, "greeting", [1, 2, 3]],
        "health": "OK",
    }
