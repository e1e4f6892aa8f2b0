"""The calls that both programs make, what each has to count for, and who watches them."""

import json
import os
import sys
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from typing import Any, Optional

from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from facts import Facts, Generation, Score

TEXT_PROMPT = "greeting"
# A folder and a space: trap 11 wants raw slashes tolerated.
CHAT_PROMPT = "team/support chat"
SESSION = "session-python"
MODEL = "gpt-4o-mini"

TEXT_VERSIONS: list[dict[str, Any]] = [
    {"prompt": "Hello {{name}}!", "labels": ["production"], "config": {"temperature": 0.2}},
    {"prompt": "Good day, {{name}}.", "labels": ["staging"]},
    {"prompt": "Hi {{name}}", "labels": [], "commit_message": "shorter"},
]
CHAT_MESSAGES: list[Any] = [
    {"role": "system", "content": "You help {{who}}."},
    {"type": "placeholder", "name": "history"},
    {"role": "user", "content": "{{question}}"},
]


@dataclass
class Call:
    """A model call: how long it takes, what is said of it, what it counts for."""

    latency_ms: int
    first_token_ms: Optional[int] = None
    said: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)

    def sayings(self, start_ns: int) -> dict[str, Any]:
        """Keyword arguments of the SDK."""
        if self.first_token_ms is None:
            return self.said
        return {**self.said, "completion_start_time": instant(self.first_token_us(start_ns))}

    def first_token_us(self, start_ns: int) -> int:
        return start_ns // 1000 + (self.first_token_ms or 0) * 1000

    def end_ns(self, start_ns: int) -> int:
        return start_ns + self.latency_ms * 1_000_000

    def fact(
        self,
        prompt: tuple[str, int],
        ids: tuple[str, str],
        start_ns: int,
        session_id: Optional[str] = None,
    ) -> Generation:
        """@param ids: of the trace and of the observation"""
        return Generation(
            trace_id=ids[0],
            observation_id=ids[1],
            start_ns=start_ns,
            end_ns=self.end_ns(start_ns),
            prompt=prompt[0],
            version=prompt[1],
            session_id=session_id,
            first_token_us=None if self.first_token_ms is None else self.first_token_us(start_ns),
            **self.counts,
        )


def instant(us: int) -> datetime:
    seconds, rest = divmod(us, 1_000_000)
    return datetime.fromtimestamp(seconds, timezone.utc).replace(microsecond=rest)


def priced(tokens: tuple[int, int], costs: tuple[float, float]) -> dict[str, Any]:
    """A call that says its usage and its cost."""
    cost = costs[0] + costs[1]
    return {
        "said": {
            "model": MODEL,
            "usage_details": {"input": tokens[0], "output": tokens[1], "total": sum(tokens)},
            "cost_details": {"input": costs[0], "output": costs[1], "total": cost},
        },
        "counts": {
            "input_tokens": tokens[0],
            "output_tokens": tokens[1],
            "total_tokens": sum(tokens),
            "input_cost": costs[0],
            "output_cost": costs[1],
            "cost": cost,
        },
    }


# Version 1 of the text prompt, by manual observations.
MANUAL = [
    Call(120, 40, **priced((100, 20), (0.001, 0.002))),
    Call(250, 80, **priced((200, 50), (0.002, 0.005))),
    Call(
        900,
        300,
        # In no price list, so its cost is unknown and not 0.
        said={
            "model": "a-model-of-our-own",
            "usage_details": {"input": 400, "output": 1},
            "level": "ERROR",
            "status_message": "the model is overloaded",
        },
        counts={"input_tokens": 400, "output_tokens": 1, "total_tokens": 401, "is_error": True},
    ),
    Call(30),
]
# Version 2, inside one trace, by the context manager.
MANAGED = [
    Call(140, 35, **priced((110, 22), (0.0011, 0.0022))),
    Call(160, 45, **priced((130, 26), (0.0013, 0.0026))),
]
# Version 2, by the decorator: it takes as long as it takes.
DECORATED = priced((90, 18), (0.0009, 0.0018))
# Version 1 of the chat prompt: usage as OpenAI spells it, cost from the price list, where
# gpt-4o-mini is $0.15 and $0.60 per million input and output tokens.
LISTED = Call(
    500,
    125,
    said={
        "model": MODEL,
        "usage_details": {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200},
    },
    counts={
        "input_tokens": 1000,
        "output_tokens": 200,
        "total_tokens": 1200,
        "input_cost": 0.00015,
        "output_cost": 0.00012,
        "cost": 0.00027,
    },
)


class Witness(SpanProcessor):
    """Remembers when spans began and ended, and what their scope carried."""

    def __init__(self) -> None:
        self.started: dict[str, int] = {}
        self.ended: dict[str, int] = {}
        self.scopes: list[str] = []

    def on_start(self, span: Span, parent_context: Any = None) -> None:
        self.started[self._id(span)] = span.start_time or 0

    def on_end(self, span: ReadableSpan) -> None:
        self.ended[self._id(span)] = span.end_time or 0
        scope = span.instrumentation_scope
        self.scopes.append(json.dumps(dict(scope.attributes or {})) if scope else "")

    @staticmethod
    def _id(span: ReadableSpan) -> str:
        return f"{span.get_span_context().span_id:016x}"

    def watch(self) -> "Witness":
        provider: Any = trace.get_tracer_provider()
        provider.add_span_processor(self)
        return self


def scores_of(facts: Facts, has_text: bool) -> list[Score]:
    """Scores of every type on every level, for generations that are sent already."""
    second, third = facts.generations[1].observation_id, facts.generations[2].observation_id
    in_trace = facts.generations[len(MANUAL)].trace_id
    text = [Score("py-remark", "remark", "TEXT", "reads well", observation_id=second)]
    return [
        Score("py-quality", "quality", "NUMERIC", 0.75, observation_id=second),
        Score("py-correct", "correct", "BOOLEAN", 0, observation_id=second),
        Score("py-tone-1", "tone", "CATEGORICAL", "warm", observation_id=second),
        Score("py-tone-2", "tone", "CATEGORICAL", "cold", observation_id=third),
        *(text if has_text else []),
        Score("py-helpful", "helpful", "NUMERIC", 0.9, trace_id=in_trace),
        Score("py-satisfaction", "satisfaction", "NUMERIC", 5, session_id=SESSION),
    ]


def send_score(client: Any, facts: Facts, score: Score) -> None:
    """Numbers and categories leave their type to be inferred. @param client: of either SDK"""
    traces = {one.observation_id: one.trace_id for one in facts.generations}
    is_inferred = score.data_type in ("NUMERIC", "CATEGORICAL")
    client.create_score(
        score_id=score.id,
        name=score.name,
        value=score.value,
        data_type=None if is_inferred else score.data_type,
        observation_id=score.observation_id,
        trace_id=traces.get(score.observation_id or "", score.trace_id),
        session_id=score.session_id,
    )


def refusal(ask: Any) -> str:
    try:
        ask()
        return "answered"
    except Exception as error:
        return str(error)


def tell(facts: Facts) -> None:
    """The last line of output."""
    sys.stdout.write(f"{json.dumps(asdict(facts))}\n")
    sys.stdout.flush()
    # Both SDKs leave threads behind that may hold up the end of the process.
    os._exit(0)
