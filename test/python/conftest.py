"""One instance for all tests; every test has a project of its own."""

from typing import Iterator

import pytest

from instance import Instance


@pytest.fixture(scope="session")
def instance() -> Iterator[Instance]:
    running = Instance()
    try:
        yield running.start()
    finally:
        running.stop()
