"""langfuse from PyPI, unmodified, against a real instance."""

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
    return instance.create_project("langfuse for Python")


def settings(project: Project) -> dict[str, str]:
    return {
        "LANGFUSE_BASE_URL": project.url,
        "LANGFUSE_PUBLIC_KEY": project.public_key,
        "LANGFUSE_SECRET_KEY": project.secret_key,
    }


@pytest.fixture(scope="module")
def facts(project: Project) -> Facts:
    return Facts.parse(run_program("with_langfuse", settings(project)))


def test_prompts_are_created_fetched_compiled_and_promoted(facts: Facts) -> None:
    expect_fetched(facts)


def test_every_number_is_there_within_two_ticks(
    instance: Instance, project: Project, facts: Facts
) -> None:
    settle(instance, project, facts)
    expect_measured(project, facts)


def test_a_fallback_makes_no_link(project: Project, facts: Facts) -> None:
    expect_no_link(project, facts.seen["unlinked"])


def test_a_wrong_key_is_told_so(project: Project) -> None:
    status, body = Project(project.url, project.public_key, "sk-wrong", "").ask(
        "/api/public/projects"
    )
    assert (status, body["error"]) == (401, "UnauthorizedError")


def test_the_sdk_reads_back_what_it_sent(instance: Instance, project: Project, facts: Facts) -> None:
    settle(instance, project, facts)
    ids = ids_to_read(facts)
    read = run_program("read_with_langfuse", {**settings(project), "E2E_IDS": ids})
    assert read == {
        "observations": ["GENERATION", "GENERATION", "SPAN"],
        "observation": [
            "GENERATION",
            "managed-0",
            {"input": 110, "output": 22, "total": 132},
            {"input": 0.0011, "output": 0.0022, "total": 0.0033},
            "greeting",
            2,
            0.14,
            0.035,
        ],
        "trace": ["ada", "session-python", ["e2e"]],
        "roots": ["conversation"],
        "score": ["helpful", 0.9, "API", "NUMERIC", "trace"],
        "scores_by_name": ["py-helpful"],
        "of_session": ["py-satisfaction"],
        "prompts": [2, "greeting", [1, 2, 3]],
        "health": "OK",
    }
