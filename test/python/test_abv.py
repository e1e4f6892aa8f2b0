"""abvdev from PyPI, unmodified, against a real instance."""

import gzip
import json
from pathlib import Path
from typing import Iterator

import pytest

from facts import Facts
from instance import Instance, Project
from story import expect_fetched, expect_measured, expect_no_link, run_program, settle


@pytest.fixture(scope="module")
def project(instance: Instance) -> Project:
    return instance.create_project("abv for Python")


@pytest.fixture(scope="module")
def facts(project: Project) -> Facts:
    return run_program("with_abv", {"ABV_HOST": project.url, "ABV_API_KEY": project.abv_key})


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
