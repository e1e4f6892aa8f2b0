/** What a program did with an SDK, in its own words. What the metrics must say follows from it. */
export type GenerationFact = {
  observationId: string;
  traceId: string;
  sessionId: string | null;
  /** null where no link may come of it. */
  prompt: string | null;
  version: number | null;
  startUs: number;
  endUs: number;
  firstTokenUs: number | null;
  inputTokens: number | null;
  outputTokens: number | null;
  totalTokens: number | null;
  costUsd: number | null;
  inputCostUsd: number | null;
  outputCostUsd: number | null;
  isError: boolean;
};

export type ScoreFact = {
  id: string;
  name: string;
  source: "API" | "EVAL" | "ANNOTATION";
  dataType: "NUMERIC" | "BOOLEAN" | "CATEGORICAL" | "TEXT" | "CORRECTION";
  value: number | string;
} & ({ observationId: string } | { traceId: string } | { sessionId: string });

/** What a program prints as its last line. */
export type Facts = {
  generations: GenerationFact[];
  /** As they end up: an updated score is here once. */
  scores: ScoreFact[];
  /** Answers of the SDK that a test looks at: what was fetched and compiled. */
  seen: Record<string, unknown>;
};

export type Spread = {
  n: number;
  sum: number;
  min: number;
  max: number;
  /** The values in ascending order, for quantiles. */
  sorted: number[];
};

export type ScoreLine = {
  name: string;
  source: ScoreFact["source"] | null;
  dataType: ScoreFact["dataType"];
  n: number;
  spread: Spread | null;
  categories: Record<string, number> | null;
};

export type VersionFacts = {
  version: number;
  count: number;
  errors: number;
  firstAtUs: number;
  lastAtUs: number;
  latencyMs: Spread | null;
  timeToFirstTokenMs: Spread | null;
  inputTokens: Spread | null;
  outputTokens: Spread | null;
  totalTokens: Spread | null;
  costUsd: Spread | null;
  inputCostUsd: Spread | null;
  outputCostUsd: Spread | null;
  scores: ScoreLine[];
};

/** Unknown values are left out; null when all are unknown. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) return null;
  return { n: sorted.length, sum: sorted.reduce((a, b) => a + b, 0), min, max, sorted };
}

/** A score counts once for each version that its target used, however often it was used there. */
function scoresOf(facts: Facts, generations: readonly GenerationFact[]): ScoreFact[] {
  return facts.scores.filter((score) =>
    generations.some((generation) => {
      if ("observationId" in score) return generation.observationId === score.observationId;
      if ("traceId" in score) return generation.traceId === score.traceId;
      return generation.sessionId === score.sessionId;
    }),
  );
}

function lineOf(
  name: string,
  source: ScoreFact["source"] | null,
  scores: readonly ScoreFact[],
): ScoreLine {
  const dataType = scores[0]?.dataType ?? "NUMERIC";
  const categories: Record<string, number> = {};
  if (dataType === "CATEGORICAL" || dataType === "BOOLEAN") {
    for (const { value } of scores) {
      const label = dataType === "BOOLEAN" ? (value === 1 ? "True" : "False") : String(value);
      categories[label] = (categories[label] ?? 0) + 1;
    }
  }
  return {
    name,
    source,
    dataType,
    n: scores.length,
    spread: dataType === "NUMERIC" ? spreadOf(scores.map(({ value }) => Number(value))) : null,
    categories: Object.keys(categories).length > 0 ? categories : null,
  };
}

function linesOf(scores: readonly ScoreFact[]): ScoreLine[] {
  return [...new Set(scores.map(({ name }) => name))].flatMap((name) => {
    const named = scores.filter((score) => score.name === name);
    const sources = [...new Set(named.map(({ source }) => source))];
    return [
      ...sources.map((source) =>
        lineOf(
          name,
          source,
          named.filter((score) => score.source === source),
        ),
      ),
      lineOf(name, null, named),
    ];
  });
}

/** What the metrics of a prompt must say, computed from the facts alone. */
export function expectedVersions(facts: Facts, prompt: string): VersionFacts[] {
  const linked = facts.generations.filter((generation) => generation.prompt === prompt);
  const versions = [...new Set(linked.map(({ version }) => version))].filter((v) => v !== null);
  return versions
    .sort((a, b) => a - b)
    .map((version) => {
      const own = linked.filter((generation) => generation.version === version);
      const spread = (pick: (generation: GenerationFact) => number | null): Spread | null =>
        spreadOf(own.map(pick));
      return {
        version,
        count: own.length,
        errors: own.filter(({ isError }) => isError).length,
        firstAtUs: Math.min(...own.map(({ startUs }) => startUs)),
        lastAtUs: Math.max(...own.map(({ startUs }) => startUs)),
        latencyMs: spread(({ startUs, endUs }) => (endUs - startUs) / 1000),
        timeToFirstTokenMs: spread(({ startUs, firstTokenUs }) =>
          firstTokenUs === null ? null : (firstTokenUs - startUs) / 1000,
        ),
        inputTokens: spread(({ inputTokens }) => inputTokens),
        outputTokens: spread(({ outputTokens }) => outputTokens),
        totalTokens: spread(({ totalTokens }) => totalTokens),
        costUsd: spread(({ costUsd }) => costUsd),
        inputCostUsd: spread(({ inputCostUsd }) => inputCostUsd),
        outputCostUsd: spread(({ outputCostUsd }) => outputCostUsd),
        scores: linesOf(scoresOf(facts, own)),
      };
    });
}
