"""What a program did with an SDK, in its own words, and what the metrics must say of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Optional


@dataclass
class Generation:
    observation_id: str
    trace_id: str
    start_ns: int
    end_ns: int
    prompt: str
    version: int
    session_id: Optional[str] = None
    first_token_us: Optional[int] = None
    input_tokens: Optional[int] = None
    output_tokens: Optional[int] = None
    total_tokens: Optional[int] = None
    cost: Optional[float] = None
    input_cost: Optional[float] = None
    output_cost: Optional[float] = None
    is_error: bool = False

    @property
    def start_us(self) -> int:
        return self.start_ns // 1000

    @property
    def latency_ms(self) -> float:
        return (self.end_ns // 1000 - self.start_us) / 1000

    @property
    def first_token_ms(self) -> Optional[float]:
        if self.first_token_us is None:
            return None
        return (self.first_token_us - self.start_us) / 1000


@dataclass
class Score:
    """Exactly one of the targets is given."""

    id: str
    name: str
    data_type: str
    value: Any
    observation_id: Optional[str] = None
    trace_id: Optional[str] = None
    session_id: Optional[str] = None

    def is_of(self, generation: Generation) -> bool:
        if self.observation_id is not None:
            return self.observation_id == generation.observation_id
        if self.trace_id is not None:
            return self.trace_id == generation.trace_id
        return self.session_id == generation.session_id


@dataclass
class Facts:
    generations: list[Generation] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    seen: dict[str, Any] = field(default_factory=dict)

    @staticmethod
    def parse(data: dict[str, Any]) -> "Facts":
        return Facts(
            [Generation(**one) for one in data["generations"]],
            [Score(**one) for one in data["scores"]],
            data["seen"],
        )


# How far a single value may be off: instants are rounded to the microsecond on the way.
MICROSECOND_MS = 0.0021
CALL_QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
SCORE_QUANTILES = {"p5": 0.05, "p50": 0.5, "p95": 0.95}


def expect_spread(
    actual: dict[str, Any],
    values: list[Optional[float]],
    quantiles: dict[str, float],
    where: str,
    slack: float = 1e-9,
) -> None:
    """Counts and sums exactly, quantiles within the 1 % of the sketch; unknown is null.

    Means are told to a thousandth of a token.
    """
    known = sorted(value for value in values if value is not None)
    assert actual["n"] == len(known), where
    if not known:
        assert {value for key, value in actual.items() if key != "n"} == {None}, where
        return
    mean = sum(known) / len(known)
    thousandth = 0.0005 if "Tokens" in where else 0
    assert abs(actual["mean"] - mean) <= slack + thousandth, f"{where}.mean"
    exact = {"min": known[0], "max": known[-1]}
    if "total" in actual:
        exact["total"] = sum(known)
    for key, value in exact.items():
        assert abs(actual[key] - value) <= slack, f"{where}.{key}: {actual[key]} instead of {value}"
    for key, q in quantiles.items():
        value = known[int(q * (len(known) - 1))]
        off = abs(actual[key] - value)
        assert off <= 0.0101 * abs(value) + slack, f"{where}.{key}: {actual[key]} for {value}"


def expect_scores(lines: list[dict[str, Any]], scores: list[Score], where: str) -> None:
    """One line per name and source, and one over all sources; the SDKs' source is API."""
    names = sorted({score.name for score in scores})
    found = sorted((line["name"], line["source"] or "") for line in lines)
    assert found == sorted((name, source) for name in names for source in ("", "API")), where
    for line in lines:
        at = f"{where}.scores[{line['name']}, {line['source']}]"
        own = [score for score in scores if score.name == line["name"]]
        data_type = own[0].data_type
        assert (line["dataType"], line["n"]) == (data_type, len(own)), at
        if data_type == "NUMERIC":
            expect_spread(line, [score.value for score in own], SCORE_QUANTILES, at)
        if data_type in ("BOOLEAN", "CATEGORICAL"):
            words = {1: "True", 0: "False"} if data_type == "BOOLEAN" else {}
            labels = [words.get(score.value, score.value) for score in own]
            assert line["categories"] == {label: labels.count(label) for label in labels}, at


def expect_metrics(metrics: dict[str, Any], facts: Facts, prompt: str) -> None:
    """Compares every line of a prompt's metrics with what follows from the facts."""
    linked = [one for one in facts.generations if one.prompt == prompt]
    used = {line["version"]: line for line in metrics["data"] if line["count"] > 0}
    assert sorted(used) == sorted({one.version for one in linked})
    for version, line in used.items():
        where = f"{prompt} v{version}"
        own = [one for one in linked if one.version == version]
        assert line["count"] == len(own), where
        assert line["errors"] == sum(one.is_error for one in own), where
        starts = [one.start_us // 1000 for one in own]
        assert instant_ms(line["firstAt"]) == min(starts), where
        assert instant_ms(line["lastAt"]) == max(starts), where
        times = {
            "latencyMs": [one.latency_ms for one in own],
            "timeToFirstTokenMs": [one.first_token_ms for one in own],
        }
        amounts = {
            "inputTokens": [one.input_tokens for one in own],
            "outputTokens": [one.output_tokens for one in own],
            "totalTokens": [one.total_tokens for one in own],
            "costUsd": [one.cost for one in own],
            "inputCostUsd": [one.input_cost for one in own],
            "outputCostUsd": [one.output_cost for one in own],
        }
        for key, values in times.items():
            expect_spread(line[key], values, CALL_QUANTILES, f"{where}.{key}", MICROSECOND_MS)
        for key, values in amounts.items():
            assert "total" in line[key], f"{where}.{key}"
            expect_spread(line[key], values, CALL_QUANTILES, f"{where}.{key}")
        expect_scores(
            line["scores"],
            [score for score in facts.scores if any(score.is_of(one) for one in own)],
            where,
        )


def instant_ms(iso: str) -> int:
    return round(datetime.fromisoformat(iso.replace("Z", "+00:00")).timestamp() * 1000)
