"""The Python programs of the README do what they say."""

import os
import re
import subprocess
import sys
from typing import Any, Optional

import pytest

from instance import ROOT, Instance, until

PROGRAMS = re.findall(r"### ([^\n]+)\n[^#]*?```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)


def test_there_is_one_for_each_sdk() -> None:
    assert [heading for heading, _ in PROGRAMS] == ["Langfuse for Python", "ABV for Python"]


@pytest.mark.parametrize(("heading", "program"), PROGRAMS, ids=[name for name, _ in PROGRAMS])
def test_program(instance: Instance, heading: str, program: str) -> None:
    project = instance.create_project(heading)
    settings = {
        "LANGFUSE_BASE_URL": project.url,
        "LANGFUSE_PUBLIC_KEY": project.public_key,
        "LANGFUSE_SECRET_KEY": project.secret_key,
        "ABV_HOST": project.url,
        "ABV_API_KEY": project.abv_key,
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": os.environ["PATH"], **settings},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr

    def measured() -> Optional[dict[str, Any]]:
        instance.tick()
        lines = project.metrics("hello")["data"]
        return next((line for line in lines if line["count"] and line["scores"]), None)

    line = until("the numbers", measured)
    assert (line["version"], line["count"]) == (1, 1)
    assert (line["inputTokens"]["total"], line["outputTokens"]["total"]) == (5, 2)
    scores = [(score["name"], score["source"], score["mean"]) for score in line["scores"]]
    assert scores == [("helpful", "API", 1), ("helpful", None, 1)]
