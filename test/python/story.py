"""Runs a program in a process of its own, because OpenTelemetry keeps global state."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from facts import Facts, expect_metrics
from instance import Instance, Project

HERE = Path(__file__).resolve().parent
PROGRAM_SECONDS = 120


def run_program(name: str, settings: dict[str, str]) -> Any:
    """The JSON in the program's last line."""
    done = subprocess.run(
        [sys.executable, str(HERE / "programs" / f"{name}.py")],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(HERE), **settings},
        capture_output=True,
        text=True,
        timeout=PROGRAM_SECONDS,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout.strip().splitlines()[-1])


def expect_fetched(facts: Facts) -> None:
    seen = facts.seen
    assert seen["auth_check"] is True
    assert seen["default"] == [1, ["production"], ["e2e"], {"temperature": 0.2}]
    assert seen["by_label"] == 2
    assert seen["by_version"] == [3, "shorter"]
    assert seen["compiled"] == "Hello Ada!"
    messages = [(message["role"], message["content"]) for message in seen["compiled_chat"]]
    assert messages == [
        ("system", "You help Ada."),
        ("assistant", "Ask Ada anything."),
        ("user", "Why?"),
    ]
    assert seen["fallback"] == [True, "Hello Ada"]
    assert "not-there" in seen["missing"]
    assert seen["promoted"] == [2, ["latest", "production", "staging"]]


def settle(instance: Instance, project: Project, facts: Facts) -> None:
    """Two ticks after the rows are readable, the numbers are there."""
    project.wait_for("observations", [one.observation_id for one in facts.generations])
    project.wait_for("v2/scores", [one.id for one in facts.scores])
    instance.tick()
    instance.tick()


def expect_measured(project: Project, facts: Facts) -> None:
    for prompt in sorted({one.prompt for one in facts.generations}):
        expect_metrics(project.metrics(prompt), facts, prompt)


def expect_no_link(project: Project, observation: str) -> None:
    project.wait_for("observations", [observation])
    _, body = project.ask(f"/api/public/observations/{observation}")
    found = (body["type"], body["promptName"], body["promptVersion"])
    assert found == ("GENERATION", None, None)


def ids_to_read(facts: Facts) -> str:
    """A trace with a session, its generation, a score on it, its session."""
    scored = next(one for one in facts.scores if one.name == "helpful")
    inside = next(one for one in facts.generations if one.trace_id == scored.trace_id)
    return f"{inside.trace_id},{inside.observation_id},{scored.id},{inside.session_id}"
