"""The helper of examples/split-python computes the slots that docs/split-vectors.json publishes."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VECTORS = json.loads((ROOT / "docs/split-vectors.json").read_text())["vectors"]

spec = importlib.util.spec_from_file_location("split", ROOT / "examples/split-python/split.py")
split = importlib.util.module_from_spec(spec)
spec.loader.exec_module(split)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["targetingKey"])
def test_slot(vector):
    assert split.slot_of(vector["splitId"], vector["targetingKey"]) == vector["slot"]
