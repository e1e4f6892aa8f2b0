"""A real `npm start` process, and projects on it."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, Optional, TypeVar

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120
STOP_SECONDS = 15
SETTLE_SECONDS = 60

T = TypeVar("T")


def until(what: str, ask: Callable[[], Optional[T]], seconds: float = SETTLE_SECONDS) -> T:
    """Asks again until there is an answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = ask()
        if answer is not None:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds:g} s")


def call(url: str, authorization: str, method: str = "GET", body: Any = None) -> tuple[int, Any]:
    """Status and JSON of one request."""
    request = urllib.request.Request(
        url,
        method=method,
        headers={"authorization": authorization, "content-type": "application/json"},
        data=None if body is None else json.dumps(body).encode(),
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.loads(response.read() or "null")
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read() or "null")


@dataclass
class Project:
    """A project of one test's own."""

    url: str
    public_key: str
    secret_key: str
    abv_key: str

    def ask(self, path: str, method: str = "GET", body: Any = None) -> tuple[int, Any]:
        pair = b64encode(f"{self.public_key}:{self.secret_key}".encode()).decode()
        return call(f"{self.url}{path}", f"Basic {pair}", method, body)

    def wait_for(self, kind: str, ids: list[str]) -> None:
        """Waits until each can be read: all of them are rows then."""
        for one in ids:
            path = f"/api/public/{kind}/{urllib.parse.quote(one, safe='')}"
            until(f"{kind} {one}", lambda: True if self.ask(path)[0] == 200 else None)

    def metrics(self, prompt: str) -> dict[str, Any]:
        quoted = urllib.parse.quote(prompt, safe="")
        status, body = self.ask(f"/api/public/prompts/{quoted}/metrics")
        assert status == 200, body
        return body


@dataclass
class Instance:
    """`npm start -- --json --test-clock` in a process group of its own."""

    state: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="promptside-py-")))
    output: list[str] = field(default_factory=list)

    def start(self) -> "Instance":
        arguments = ["--json", "--test-clock", "--port", "0", "--state", str(self.state)]
        self.process = subprocess.Popen(
            ["npm", "start", "--silent", "--", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        ready = until("npm start", self._ready, START_SECONDS)
        self.url, self.admin = ready["url"], f"Bearer {ready['adminToken']}"
        return self

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output.append(line)

    def _ready(self) -> Optional[dict[str, str]]:
        if self.process.poll() is not None:
            raise AssertionError(f"npm start ended:\n{''.join(self.output)}")
        return next((json.loads(line) for line in self.output if line.startswith('{"url"')), None)

    def create_project(self, name: str) -> Project:
        path = f"{self.url}/api/public/projects"
        status, made = call(path, self.admin, "POST", {"name": name})
        assert status == 201, made
        return Project(self.url, made["publicKey"], made["secretKey"], made["abvKey"])

    def tick(self) -> None:
        """Runs every job that is due."""
        at = datetime.now(timezone.utc).isoformat()
        status, ran = call(f"{self.url}/api/public/admin/tick", self.admin, "POST", {"at": at})
        assert status == 200 and ran["failed"] == [], ran

    def _is_alive(self) -> bool:
        try:
            os.killpg(self.process.pid, 0)
            return True
        except ProcessLookupError:
            return False

    def stop(self) -> None:
        """Ends the whole group; npm starts node, which starts workerd."""
        if self._is_alive():
            os.killpg(self.process.pid, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        while self._is_alive() and time.monotonic() < end:
            self.process.poll()
            time.sleep(0.1)
        if self._is_alive():
            os.killpg(self.process.pid, signal.SIGKILL)
        shutil.rmtree(self.state, ignore_errors=True)
