import { comparedMetrics, inputOf } from "../../../src/features/comparisons/metrics.ts";
import { compose } from "../../../src/features/reports/compose.ts";
import type {
  Deployment,
  DeploymentLine,
  Incident,
  Leftover,
  Report,
  ReportContent,
  Rollout,
} from "../../../src/features/reports/contract.ts";
import { daysOf, spanOf, titleOf } from "../../../src/features/reports/periods.ts";
import type { Section, Tested } from "../../../src/features/reports/section/model.ts";
import { movementOf } from "../../../src/features/reports/section/movement.ts";
import {
  type DayOfCells,
  sectionOf,
  versionsTogether,
} from "../../../src/features/reports/section/section.ts";
import { highlightsOf } from "../../../src/features/reports/words.ts";
import { type Cell, emptyCell, mergeCellInto } from "../../../src/features/rollups/model.ts";
import type { LocalDay } from "../../../src/lib/time/zone.ts";
import { addMade } from "../comparisons/cells.ts";

/** A report of one week as a real one is made, but for the databases. */

export const PERIOD = {
  firstDay: "2026-11-09",
  lastDay: "2026-11-15",
  timeZone: "Europe/Berlin",
};

/** The same numbers at every run. Source: Park and Miller's generator. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

type Traffic = {
  /** Generations of version 1 and 2 on a day of the period, from 0; before it has negative numbers. */
  counts: (day: number) => [number, number];
  latencyMs: [number, number];
  usd: [number, number];
};

const TRAFFIC: Record<string, Traffic> = {
  "support/triage": {
    counts: (day) => (day < 2 ? [180 + ((day + 70) % 7) * 9, 0] : [day === 6 ? 12 : 30, 190]),
    latencyMs: [820, 1130],
    usd: [0.0031, 0.0034],
  },
  "sales/summary": {
    counts: (day) => [95 + (day % 3) * 4, 0],
    latencyMs: [2400, 0],
    usd: [0.021, 0],
  },
  "search/rewrite-query": {
    counts: (day) => [day < 0 ? 240 : 330, 0],
    latencyMs: [310, 0],
    usd: [0.0004, 0],
  },
};

function cellsOn(prompt: string, traffic: Traffic, day: number): ReadonlyMap<number, Cell> {
  const random = randomOf(1000 + day * 17 + prompt.length);
  const cells = new Map<number, Cell>();
  traffic.counts(day).forEach((count, i) => {
    const cell = emptyCell();
    const weather = 1 + 0.04 * (random() - 0.5);
    for (let n = 0; n < count; n++) {
      const spread = Math.exp(1.1 * (random() + random() + random() - 1.5));
      addMade(cell, {
        latencyMs: (traffic.latencyMs[i] ?? 0) * spread * weather,
        costUsd: (traffic.usd[i] ?? 0) * spread,
        outputTokens: 120 * spread,
        failed: random() < 0.012,
        quality: 0.7 + 0.25 * random(),
      });
    }
    if (count > 0) cells.set(i + 1, cell);
  });
  return cells;
}

const sumOf = (cells: readonly Cell[]): Cell => {
  const sum = emptyCell();
  for (const cell of cells) mergeCellInto(sum, cell);
  return sum;
};

function testsOf(now: readonly Cell[], then: readonly Cell[]): Tested[] {
  return comparedMetrics([sumOf(now), sumOf(then)], new Map(), null).flatMap(
    (metric) =>
      movementOf(
        metric,
        now.map((cell) => inputOf(metric, cell, null)),
        then.map((cell) => inputOf(metric, cell, null)),
      ) ?? [],
  );
}

const line = (
  metric: string,
  [estimate, low, high]: [number, number, number],
  verdict: DeploymentLine["verdict"],
): DeploymentLine => ({
  metric,
  unit: "",
  n: { control: 1460, candidate: 950 },
  effect: { unit: metric === "errors" ? "ratio" : "relative", estimate, interval: { low, high } },
  verdict,
  why: `${metric} of the candidate against the control.`,
});

const DEPLOYMENTS: Deployment[] = [
  {
    id: "dep_1",
    prompt: "support/triage",
    label: "production",
    at: "2026-11-11T09:12:00.000Z",
    from: 1,
    to: 2,
    actor: { kind: "key", id: "key_1m7gtek007" },
    reason: "Asks for the order number before it answers; support wanted fewer follow-up mails.",
    verdict: "worse",
    says: "Both versions ran at the same time under a split of label 'production', and chance decided who got which: the difference is caused by the version.",
    lines: [
      line("latencyMs", [0.37, 0.31, 0.44], "worse"),
      line("outputTokens", [0.018, -0.031, 0.07], "equivalent"),
      line("costUsd", [0.09, 0.04, 0.15], "not enough data"),
      line("errors", [1.1, 0.6, 2.05], "not enough data"),
      line("score:quality", [0.052, 0.034, 0.071], "better"),
    ],
    warnings: [
      "Inputs of the candidate are 6.2 % longer than the control's: the prompt's own length, or other traffic.",
    ],
    comparison: "/api/public/prompts/support%2Ftriage/comparison?control=1&candidate=2",
  },
  {
    id: "dep_2",
    prompt: "support/triage",
    label: "staging",
    at: "2026-11-13T15:40:00.000Z",
    from: null,
    to: 2,
    actor: { kind: "key", id: "key_1m7gtek007" },
    reason: null,
    verdict: null,
    says: "The label is new: nothing was there before.",
    lines: [],
    warnings: [],
    comparison: null,
  },
];

const LEFTOVERS: Leftover[] = [
  {
    prompt: "support/triage",
    version: 1,
    replacedBy: 2,
    label: "production",
    replacedAt: "2026-11-11T09:12:00.000Z",
    count: 12,
    share: 0.06,
  },
];

const INCIDENTS: Incident[] = [
  {
    id: "inc_1",
    prompt: "support/triage",
    monitor: "Latency of triage",
    kind: "regression",
    severity: "critical",
    summary: "Latency is 37 % higher since production moved to v2.",
    openedAt: "2026-11-11T11:20:00.000Z",
    resolvedAt: null,
  },
];

const ROLLOUTS: Rollout[] = [
  {
    id: "rol_1",
    prompt: "search/rewrite-query",
    label: "production",
    control: 1,
    candidate: 2,
    state: "rolled_back",
    startedAt: "2026-11-10T08:00:00.000Z",
    endedAt: "2026-11-10T08:14:00.000Z",
    reason: "errors: 41 of 44 generations failed",
  },
];

const celled = (prompt: string, days: readonly LocalDay[], first: number): DayOfCells[] => {
  const traffic = TRAFFIC[prompt];
  return days.map((day, i) => ({
    day,
    cells: traffic ? cellsOn(prompt, traffic, first + i) : new Map(),
  }));
};

function sectionFor(prompt: string): Section {
  const { current, previous } = daysOf(PERIOD);
  const [now, then] = [celled(prompt, current, 0), celled(prompt, previous, -previous.length)];
  const isFirst = prompt === "support/triage";
  return sectionOf({
    prompt,
    current: now,
    previous: then,
    isExact: true,
    labels: new Map([[isFirst ? 2 : 1, ["production"]]]),
    tests: testsOf(now.map(versionsTogether), then.map(versionsTogether)),
    deployments: isFirst ? DEPLOYMENTS : [],
    incidents: isFirst ? INCIDENTS : [],
    rollouts: prompt === "search/rewrite-query" ? ROLLOUTS : [],
    leftovers: isFirst ? LEFTOVERS : [],
  });
}

const SECTIONS = Object.keys(TRAFFIC).map(sectionFor);

export const exampleSections = (): Section[] => [...SECTIONS];

export function exampleReport(sections = exampleSections()): Report & { content: ReportContent } {
  const content = compose(daysOf(PERIOD), sections, {
    withoutTraffic: ["legal/clause-check", "sales/cold-mail", "support/goodbye"],
    omitted: 0,
    incidents: [],
  });
  const { fromMs, toMs } = spanOf(PERIOD);
  return {
    id: "rep_example",
    kind: "weekly",
    state: "ready",
    period: { ...PERIOD, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() },
    title: titleOf("weekly", PERIOD),
    highlights: highlightsOf(content),
    progress: { done: 3, total: 3 },
    createdAt: "2026-11-16T07:00:00.000Z",
    readyAt: "2026-11-16T07:00:04.000Z",
    error: null,
    content,
    share: null,
  };
}
