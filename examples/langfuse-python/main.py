"""Fetch a prompt, compile it, link a model call to it, score the answer, read the numbers."""

import base64
import json
import os
import time
import urllib.parse
import urllib.request

from langfuse import get_client, observe

# Reads LANGFUSE_BASE_URL, LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY.
langfuse = get_client()

NAME = "example/capital"
if not langfuse.api.prompts.list(name=NAME).data:
    langfuse.create_prompt(
        name=NAME,
        type="chat",
        prompt=[
            {"role": "system", "content": "Answer in one word."},
            {"role": "user", "content": "What is the capital of {{country}}?"},
        ],
        labels=["production"],
        config={"model": "gpt-4o-mini"},
    )


def ask_model(messages: list) -> tuple[str, dict]:
    """Your model's client goes here."""
    time.sleep(0.3)
    return "Paris", {"input": 8 * len(messages), "output": 1}


@observe(as_type="generation")
def answer(country: str) -> str:
    # 1. Fetch: the version that has the label production. 2. Compile.
    prompt = langfuse.get_prompt(NAME, type="chat")
    messages = prompt.compile(country=country)
    text, usage = ask_model(messages)
    # 3. Link: `prompt` on the generation is all it takes.
    langfuse.update_current_generation(
        prompt=prompt, model=prompt.config["model"], usage_details=usage
    )
    # 4. Score.
    langfuse.score_current_span(name="correct", value=1 if text == "Paris" else 0)
    print(f"{prompt.name} v{prompt.version}: {text}")
    return text


# The numbers of every version.
def metrics() -> dict:
    env = os.environ
    pair = f"{env['LANGFUSE_PUBLIC_KEY']}:{env['LANGFUSE_SECRET_KEY']}"
    request = urllib.request.Request(
        f"{env['LANGFUSE_BASE_URL']}/api/public/prompts/{urllib.parse.quote(NAME, safe='')}/metrics",
        headers={"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"},
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def count(numbers: dict) -> int:
    return numbers["data"][0]["count"] if numbers["data"] else 0


before = count(metrics())
answer("France")
langfuse.flush()
# 5. The numbers. They are folded once a minute.
print("Waiting for the numbers, up to two minutes ...")
for _ in range(30):
    numbers = metrics()
    if count(numbers) != before:
        break
    time.sleep(5)
print(json.dumps(numbers, indent=2))
