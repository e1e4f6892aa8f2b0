"""The five steps with langfuse from PyPI, unmodified: decorator, context manager, manual."""

from langfuse import Langfuse, observe, propagate_attributes

from facts import Facts, Generation, Score
from plan import (
    CHAT_MESSAGES,
    CHAT_PROMPT,
    DECORATED,
    LISTED,
    MANAGED,
    MANUAL,
    SESSION,
    TEXT_PROMPT,
    TEXT_VERSIONS,
    Witness,
    refusal,
    scores_of,
    send_score,
    tell,
)

langfuse = Langfuse()
witness = Witness().watch()
facts = Facts()
facts.seen["auth_check"] = langfuse.auth_check()

# 1. Prompts.
for version in TEXT_VERSIONS:
    langfuse.create_prompt(name=TEXT_PROMPT, type="text", tags=["e2e"], **version)
for label in ("production", "staging"):
    langfuse.create_prompt(name=CHAT_PROMPT, type="chat", prompt=CHAT_MESSAGES, labels=[label])

# 2. Fetch and compile.
greeting = langfuse.get_prompt(TEXT_PROMPT)
staged = langfuse.get_prompt(TEXT_PROMPT, label="staging")
third = langfuse.get_prompt(TEXT_PROMPT, version=3)
chat = langfuse.get_prompt(CHAT_PROMPT, type="chat")
missing = langfuse.get_prompt("not-there", fallback="Hello {{name}}")
history = [{"role": "assistant", "content": "Ask {{who}} anything."}]
facts.seen |= {
    "default": [greeting.version, greeting.labels, greeting.tags, greeting.config],
    "by_label": staged.version,
    "by_version": [third.version, third.commit_message],
    "compiled": greeting.compile(name="Ada"),
    "compiled_chat": chat.compile(who="Ada", question="Why?", history=history),
    "fallback": [missing.is_fallback, missing.compile(name="Ada")],
    "missing": refusal(lambda: langfuse.get_prompt("not-there")),
}

# 3. Links. 4. Usage, cost, first token, errors; a score before its generation is sent.
for index, call in enumerate(MANUAL):
    manual = langfuse.start_observation(
        as_type="generation", name=f"manual-{index}", input="Hello Ada!", prompt=greeting
    )
    start_ns = witness.started[manual.id]
    manual.update(output="Good to see you.", **call.sayings(start_ns))
    if index == 0:
        manual.score(score_id="py-early", name="quality", value=0.25)
        langfuse.flush()
        facts.scores.append(Score("py-early", "quality", "NUMERIC", 0.25, observation_id=manual.id))
    manual.end(end_time=call.end_ns(start_ns))
    ids = (manual.trace_id, manual.id)
    facts.generations.append(call.fact((TEXT_PROMPT, 1), ids, start_ns))

with langfuse.start_as_current_observation(name="conversation"):
    with propagate_attributes(session_id=SESSION, user_id="ada", tags=["e2e"]):
        for index, call in enumerate(MANAGED):
            with langfuse.start_as_current_observation(
                as_type="generation", name=f"managed-{index}", prompt=staged, end_on_exit=False
            ) as managed:
                start_ns = witness.started[managed.id]
                managed.update(**call.sayings(start_ns))
                managed.end(end_time=call.end_ns(start_ns))
            ids = (managed.trace_id, managed.id)
            facts.generations.append(call.fact((TEXT_PROMPT, 2), ids, start_ns, SESSION))


@observe(as_type="generation", name="decorated")
def decorated(question: str) -> tuple[str, str]:
    langfuse.update_current_generation(prompt=staged, **DECORATED["said"])
    return langfuse.get_current_trace_id() or "", langfuse.get_current_observation_id() or ""


@observe(as_type="generation", name="failing")
def failing() -> None:
    langfuse.update_current_generation(prompt=staged)
    facts.seen["failing"] = [
        langfuse.get_current_trace_id(),
        langfuse.get_current_observation_id(),
    ]
    raise RuntimeError("the model is overloaded")


trace_id, observation_id = decorated("Why?")
facts.generations.append(
    Generation(
        observation_id,
        trace_id,
        witness.started[observation_id],
        witness.ended[observation_id],
        TEXT_PROMPT,
        2,
        **DECORATED["counts"],
    )
)
facts.seen["failed"] = refusal(failing)
trace_id, observation_id = facts.seen["failing"]
facts.generations.append(
    Generation(
        observation_id,
        trace_id,
        witness.started[observation_id],
        witness.ended[observation_id],
        TEXT_PROMPT,
        2,
        is_error=True,
    )
)

# The prompt on every span of a trace: only the generation counts (trap 9).
with propagate_attributes(session_id=SESSION, prompt=chat):
    with langfuse.start_as_current_observation(name="listed"):
        listed = langfuse.start_observation(as_type="generation", name="call")
        start_ns = witness.started[listed.id]
        listed.update(**LISTED.sayings(start_ns))
        listed.end(end_time=LISTED.end_ns(start_ns))
        ids = (listed.trace_id, listed.id)
        facts.generations.append(LISTED.fact((CHAT_PROMPT, 1), ids, start_ns, SESSION))

unlinked = langfuse.start_observation(as_type="generation", name="fallback", prompt=missing)
unlinked.end()
facts.seen["unlinked"] = unlinked.id
langfuse.flush()

# 4. Scores of every type, after their generation; the same id again is an update.
late = scores_of(facts, has_text=True)
for score in late:
    send_score(langfuse, facts, score)
corrected = Score(
    "py-corrected", "quality", "NUMERIC", 0.1, observation_id=facts.generations[2].observation_id
)
send_score(langfuse, facts, corrected)
langfuse.flush()
corrected.value = 0.5
send_score(langfuse, facts, corrected)
facts.scores += [*late, corrected]

# A promotion: production moves to the second version.
langfuse.update_prompt(name=CHAT_PROMPT, version=2, new_labels=["production"])
promoted = langfuse.get_prompt(CHAT_PROMPT, type="chat", cache_ttl_seconds=0)
facts.seen["promoted"] = [promoted.version, sorted(promoted.labels)]
langfuse.flush()
langfuse.shutdown()
tell(facts)
