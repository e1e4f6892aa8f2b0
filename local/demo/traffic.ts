import type { Random } from "./random.ts";
import { type Behaviour, DAY_MS, STORY, STORY_DAYS, type StoryPrompt, versionAt } from "./story.ts";

const HOUR_MS = DAY_MS / 24;
const USERS = 180;
const FALLBACK_RATE = 0.012;
const STAGING_RATE = 0.12;

/** One request of the imagined app: a root span, a model call, and what people thought of it. */
export type Call = {
  traceId: string;
  rootId: string;
  generationId: string;
  prompt: StoryPrompt;
  /** null: the prompt could not be fetched and the app used its own text. */
  version: number | null;
  environment: string;
  userId: string;
  sessionId: string;
  startMs: number;
  overheadMs: number;
  latencyMs: number;
  /** null for a call that failed. */
  firstTokenMs: number | null;
  model: string;
  inputTokens: number;
  /** null for a call that failed: nobody knows what was generated. */
  outputTokens: number | null;
  failed: boolean;
  scores: CallScore[];
};

export type CallScore = {
  name: string;
  source: "API" | "EVAL";
  dataType: "NUMERIC" | "BOOLEAN" | "CATEGORICAL";
  value: number | string;
  on: "generation" | "trace" | "session";
  delayMs: number;
};

/** Traffic of an hour relative to the busiest: a daily swing, half of it at weekends. In (0, 1]. */
export function intensity(at: Date): number {
  const hour = at.getUTCHours() + at.getUTCMinutes() / 60;
  const daily = 0.55 - 0.45 * Math.cos(((hour - 2) / 24) * 2 * Math.PI);
  const isWeekend = at.getUTCDay() % 6 === 0;
  return isWeekend ? daily / 2 : daily;
}

function drawInstant(random: Random, beginMs: number, endMs: number): number {
  for (;;) {
    const at = beginMs + random.next() * (endMs - beginMs);
    if (random.chance(intensity(new Date(at)))) return Math.floor(at);
  }
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

function drawScores(random: Random, { quality, helpful }: Behaviour): CallScore[] {
  const scores: CallScore[] = [];
  if (random.chance(0.4)) {
    const value = clamp(quality + (random.next() + random.next() - 1) * 0.25);
    const rounded = Math.round(value * 1000) / 1000;
    const score = { name: "quality", source: "EVAL", dataType: "NUMERIC", value: rounded } as const;
    scores.push({ ...score, on: "generation", delayMs: 20_000 });
  }
  if (random.chance(0.15)) {
    const value = random.chance(helpful) ? 1 : 0;
    const score = { name: "helpful", source: "API", dataType: "BOOLEAN", value } as const;
    scores.push({ ...score, on: "trace", delayMs: random.logNormal(60_000, 0.8) });
  }
  if (random.chance(0.08)) {
    const weights = [helpful, 0.25, 1 - helpful];
    const value = ["good", "neutral", "bad"][random.weighted(weights)] ?? "neutral";
    const score = { name: "tone", source: "API", dataType: "CATEGORICAL", value } as const;
    scores.push({ ...score, on: "generation", delayMs: random.logNormal(90_000, 0.8) });
  }
  if (random.chance(0.04)) {
    const value = random.chance(helpful) ? 1 : 0;
    const score = { name: "resolved", source: "API", dataType: "BOOLEAN", value } as const;
    scores.push({ ...score, on: "session", delayMs: random.logNormal(600_000, 0.6) });
  }
  return scores;
}

function drawVersion(
  random: Random,
  prompt: StoryPrompt,
  hour: number,
): { environment: string; version: number } {
  const staged = versionAt(prompt, "staging", hour);
  if (staged !== null && random.chance(STAGING_RATE)) {
    return { environment: "staging", version: staged };
  }
  return { environment: "production", version: versionAt(prompt, "production", hour) ?? 1 };
}

function drawCall(random: Random, beginMs: number, startMs: number, run: string): Call {
  const prompt = STORY[random.weighted(STORY.map(({ weight }) => weight))] ?? STORY[0];
  const { environment, version } = drawVersion(random, prompt, (startMs - beginMs) / HOUR_MS);
  const { behaves } = prompt.versions[version - 1] ?? prompt.versions[0];
  const failed = random.chance(behaves.errorRate);
  // Providers are a little slower at the busiest hours.
  const load = 1 + 0.15 * intensity(new Date(startMs));
  const latencyMs = Math.round(random.logNormal(behaves.latencyMs * load, 0.42));
  const share = behaves.firstTokenShare * (0.7 + 0.6 * random.next());
  const user = Math.floor(random.next() ** 2 * USERS);
  return {
    traceId: `${run}${random.hex(24)}`,
    rootId: random.hex(16),
    generationId: random.hex(16),
    prompt,
    version: random.chance(FALLBACK_RATE) ? null : version,
    environment,
    userId: `user-${user}`,
    // A user's calls of one hour belong together.
    sessionId: `session-${run}-${user}-${Math.floor(startMs / HOUR_MS)}`,
    startMs,
    overheadMs: Math.round(random.logNormal(25, 0.5)),
    latencyMs,
    firstTokenMs: failed ? null : Math.max(1, Math.round(latencyMs * share)),
    model: behaves.model,
    inputTokens: Math.max(1, Math.round(random.logNormal(behaves.inputTokens, 0.35))),
    outputTokens: failed
      ? null
      : Math.max(1, Math.round(random.logNormal(behaves.outputTokens, 0.45))),
    failed,
    scores: failed ? [] : drawScores(random, behaves),
  };
}

/**
 * Two weeks of calls that end at `end`, oldest first.
 *
 * @param run eight hexadecimal digits that keep the ids of two runs apart
 */
export function drawTraffic(random: Random, end: Date, generations: number, run: string): Call[] {
  const endMs = end.getTime();
  const beginMs = endMs - STORY_DAYS * DAY_MS;
  const instants = Array.from({ length: generations }, () => drawInstant(random, beginMs, endMs));
  return instants
    .sort((one, other) => one - other)
    .map((startMs) => drawCall(random, beginMs, startMs, run));
}
