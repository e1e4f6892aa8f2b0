"""Gives every user an arm of a split label, on top of an unmodified SDK, whose own cache would give
one arm to the whole process for a minute."""

import base64
import hashlib
import json
import os
import time
import urllib.parse
import urllib.request

TABLE_SECONDS = 60
_tables: dict[tuple[str, str], tuple[float, dict | None]] = {}


def _table_of(name: str, label: str) -> dict | None:
    """The live split of a label, at most a minute old; an older one while the server cannot be reached."""
    read_at, table = _tables.get((name, label), (float("-inf"), None))
    if time.monotonic() - read_at < TABLE_SECONDS:
        return table
    env = os.environ
    pair = f"{env['LANGFUSE_PUBLIC_KEY']}:{env['LANGFUSE_SECRET_KEY']}"
    query = urllib.parse.urlencode({"name": name, "label": label})
    request = urllib.request.Request(
        f"{env['LANGFUSE_BASE_URL']}/api/public/splits?{query}",
        headers={"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            table = next(iter(json.load(response)["data"]), None)
    except OSError:
        pass
    _tables[(name, label)] = (time.monotonic(), table)
    return table


def slot_of(split_id: str, key: str) -> int:
    """The slot of a user: the first four bytes of SHA-256(split id, zero byte, key), modulo 10,000."""
    return int.from_bytes(hashlib.sha256(f"{split_id}\0{key}".encode()).digest()[:4], "big") % 10_000


def prompt_for(langfuse, name: str, user: str, label: str = "production", **options):
    """A user's prompt, and the attributes that tell which split it was drawn from."""
    table = _table_of(name, label)
    if table is None:
        return langfuse.get_prompt(name, label=label, **options), {}
    slot = slot_of(table["id"], user)
    version = next(r["version"] for r in table["ranges"] if r["from"] <= slot < r["to"])
    return langfuse.get_prompt(name, version=version, **options), {"promptside.split": table["id"]}
