"""Ten users, each with an arm of the split; their model calls are linked to the version they got."""

import sys

from langfuse import get_client
from opentelemetry import trace
from split import prompt_for

langfuse = get_client()
name = sys.argv[1] if len(sys.argv) > 1 else "hello"

for i in range(1, 11):
    user = f"user-{i}"
    prompt, attributes = prompt_for(langfuse, name, user)
    with langfuse.start_as_current_observation(
        as_type="generation", name="answer", model="gpt-4o-mini", prompt=prompt, output="..."
    ):
        trace.get_current_span().set_attributes({**attributes, "user.id": user})
    print(f"{user}: version {prompt.version}")
langfuse.flush()
