/** What happens in the demo: two prompts, four versions, and two weeks of releases. */

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const STORY_DAYS = 14;

/** How a version behaves in production. */
export type Behaviour = {
  model: string;
  /** Median of the latency, and the share of it before the first token. */
  latencyMs: number;
  firstTokenShare: number;
  inputTokens: number;
  outputTokens: number;
  errorRate: number;
  /** Mean of the evaluator's score, in [0, 1]. */
  quality: number;
  /** Share of users who call the answer helpful. */
  helpful: number;
};

export type StoryVersion = {
  prompt: string | { role: string; content: string }[];
  config: Record<string, unknown>;
  commitMessage: string;
  /** Hours after the story's beginning. */
  madeAtHour: number;
  behaves: Behaviour;
};

/** One move of a label, in hours after the story's beginning. Versions count from 1. */
export type Move = {
  label: string;
  from: number | null;
  to: number;
  atHour: number;
  reason: string;
};

export type StoryPrompt = {
  name: string;
  type: "text" | "chat";
  /** Share of the traffic. */
  weight: number;
  task: string;
  versions: [StoryVersion, StoryVersion];
  moves: Move[];
};

export const STORY: [StoryPrompt, StoryPrompt] = [
  {
    name: "support-reply",
    type: "chat",
    weight: 0.6,
    task: "answer-customer",
    versions: [
      {
        prompt: [
          { role: "system", content: "You answer customers of {{shop}} kindly and in short." },
          { role: "user", content: "{{question}}" },
        ],
        config: { model: "gpt-4o-mini", temperature: 0.3 },
        commitMessage: "First version",
        madeAtHour: -30,
        behaves: {
          model: "gpt-4o-mini",
          latencyMs: 1_150,
          firstTokenShare: 0.28,
          inputTokens: 420,
          outputTokens: 140,
          errorRate: 0.008,
          quality: 0.84,
          helpful: 0.83,
        },
      },
      {
        prompt: [
          {
            role: "system",
            content:
              "You answer customers of {{shop}}. Think step by step, quote every rule that applies, then answer at length.",
          },
          { role: "user", content: "{{question}}" },
        ],
        config: { model: "gpt-4o", temperature: 0.7 },
        commitMessage: "Longer answers with reasons",
        madeAtHour: 8 * 24 + 4,
        behaves: {
          model: "gpt-4o",
          latencyMs: 2_600,
          firstTokenShare: 0.34,
          inputTokens: 510,
          outputTokens: 390,
          errorRate: 0.055,
          quality: 0.66,
          helpful: 0.61,
        },
      },
    ],
    moves: [
      { label: "production", from: null, to: 1, atHour: -28, reason: "First release" },
      { label: "staging", from: null, to: 2, atHour: 8 * 24 + 5, reason: "Try longer answers" },
      { label: "production", from: 1, to: 2, atHour: 9 * 24 + 8, reason: "Looked good in staging" },
      {
        label: "production",
        from: 2,
        to: 1,
        atHour: 11 * 24 + 10,
        reason: "Rolled back: slower, more errors, less helpful",
      },
    ],
  },
  {
    name: "summarise-ticket",
    type: "text",
    weight: 0.4,
    task: "summarise",
    versions: [
      {
        prompt: "Summarise this ticket in three sentences:\n\n{{ticket}}",
        config: { model: "claude-sonnet-4-5", temperature: 0 },
        commitMessage: "First version",
        madeAtHour: -50,
        behaves: {
          model: "claude-sonnet-4-5",
          latencyMs: 1_900,
          firstTokenShare: 0.31,
          inputTokens: 1_250,
          outputTokens: 120,
          errorRate: 0.012,
          quality: 0.79,
          helpful: 0.76,
        },
      },
      {
        prompt: "Summarise this ticket in one sentence, then list open questions:\n\n{{ticket}}",
        config: { model: "claude-haiku-4-5", temperature: 0 },
        commitMessage: "One sentence, smaller model",
        madeAtHour: 4 * 24 + 11,
        behaves: {
          model: "claude-haiku-4-5",
          latencyMs: 980,
          firstTokenShare: 0.29,
          inputTokens: 1_180,
          outputTokens: 90,
          errorRate: 0.009,
          quality: 0.81,
          helpful: 0.79,
        },
      },
    ],
    moves: [
      { label: "production", from: null, to: 1, atHour: -49, reason: "First release" },
      { label: "staging", from: null, to: 2, atHour: 4 * 24 + 12, reason: "Try a smaller model" },
      {
        label: "production",
        from: 1,
        to: 2,
        atHour: 6 * 24 + 9,
        reason: "As good, faster, cheaper",
      },
    ],
  },
];

/** The version a label points at, so many hours after the story's beginning; null before its first move. */
export function versionAt(prompt: StoryPrompt, label: string, hour: number): number | null {
  const moves = prompt.moves.filter((move) => move.label === label && move.atHour <= hour);
  return moves.at(-1)?.to ?? null;
}

export const hoursAfter = (beginMs: number, hours: number): Date =>
  new Date(beginMs + hours * HOUR_MS);

/** The story's history as the import of deployments takes it; `latest` follows every new version. */
export function historyOf(beginMs: number) {
  const at = (hours: number): string => hoursAfter(beginMs, hours).toISOString();
  const latest = ({ versions }: StoryPrompt): Move[] =>
    versions.map(({ madeAtHour }, index) => ({
      label: "latest",
      from: index === 0 ? null : index,
      to: index + 1,
      atHour: madeAtHour,
      reason: "New version",
    }));
  return {
    deployments: STORY.flatMap((prompt) =>
      [...latest(prompt), ...prompt.moves].map(({ atHour, ...move }) => ({
        ...move,
        prompt: prompt.name,
        at: at(atHour),
      })),
    ),
    versions: STORY.flatMap(({ name, versions }) =>
      versions.map(({ madeAtHour }, index) => ({
        prompt: name,
        version: index + 1,
        at: at(madeAtHour),
      })),
    ),
  };
}
