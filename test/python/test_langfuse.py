"""langfuse from PyPI, unmodified, against a real instance."""

import pytest

from facts import Facts
from instance import Instance, Project
from story import expect_fetched, expect_measured, expect_no_link, run_program, settle


@pytest.fixture(scope="module")
def project(instance: Instance) -> Project:
    return instance.create_project("langfuse for Python")


@pytest.fixture(scope="module")
def facts(project: Project) -> Facts:
    return run_program(
        "with_langfuse",
        {
            "LANGFUSE_BASE_URL": project.url,
            "LANGFUSE_PUBLIC_KEY": project.public_key,
            "LANGFUSE_SECRET_KEY": project.secret_key,
        },
    )


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
