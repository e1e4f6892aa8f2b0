"""The Python programs of the README, and the examples, do what they say."""

import json
import os
import re
import subprocess
import sys
import time
from typing import Any, Optional

import pytest

from instance import ROOT, Instance, Project, until

PROGRAMS = re.findall(r"### ([^\n]+)\n[^#]*?```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)


def start(arguments: list[str], project: Project) -> "subprocess.Popen[str]":
    """Python with the settings that the SDKs read."""
    settings = {
        "LANGFUSE_BASE_URL": project.url,
        "LANGFUSE_PUBLIC_KEY": project.public_key,
        "LANGFUSE_SECRET_KEY": project.secret_key,
        "ABV_HOST": project.url,
        "ABV_API_KEY": project.abv_key,
    }
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_there_is_one_for_each_sdk() -> None:
    assert [heading for heading, _ in PROGRAMS] == ["Langfuse for Python", "ABV for Python"]


@pytest.mark.parametrize(("heading", "program"), PROGRAMS, ids=[name for name, _ in PROGRAMS])
def test_program(instance: Instance, heading: str, program: str) -> None:
    project = instance.create_project(heading)
    running = start(["-c", program], project)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 0, said

    def measured() -> Optional[dict[str, Any]]:
        instance.tick()
        lines = project.metrics("hello")["data"]
        return next((line for line in lines if line["count"] and line["scores"]), None)

    line = until("the numbers", measured)
    assert (line["version"], line["count"]) == (1, 1)
    assert (line["inputTokens"]["total"], line["outputTokens"]["total"]) == (5, 2)
    scores = [(score["name"], score["source"], score["mean"]) for score in line["scores"]]
    assert scores == [("helpful", "API", 1), ("helpful", None, 1)]


@pytest.mark.parametrize("name", ["langfuse-python", "abv-python"])
def test_example(instance: Instance, name: str) -> None:
    project = instance.create_project(name)
    running = start([f"examples/{name}/main.py"], project)
    # What cron does in real life.
    end = time.monotonic() + 60
    while running.poll() is None and time.monotonic() < end:
        instance.tick()
        time.sleep(0.5)
    told, said = running.communicate(timeout=10)
    assert running.returncode == 0, said
    assert "example/capital v1: Paris" in told
    [line] = json.loads(told[told.index("{") :])["data"]
    assert (line["version"], line["count"], line["inputTokens"]["total"]) == (1, 1, 16)
    assert line["costUsd"]["n"] == 1
