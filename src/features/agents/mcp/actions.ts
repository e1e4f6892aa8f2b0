import type { z } from "zod";

import { now } from "../../../platform/clock.ts";
import { Refusal } from "../../../platform/errors.ts";
import { issuesOf } from "../../../platform/http.ts";
import type { Scope } from "../../../platform/scope.ts";
import { ComparisonQuery } from "../../comparisons/contract.ts";
import { readComparison } from "../../comparisons/index.ts";
import { type Draw, drainAfter, fetchServed } from "../../delivery/index.ts";
import {
  labelled,
  moveLabel,
  notFound,
  readDiff,
  readVersions,
  requirePrompt,
  rollBackLabel,
} from "../../prompts/index.ts";
import { DEFAULT_LABEL, LATEST, type PromptContent } from "../../prompts/model.ts";
import { StartRollout } from "../../rollouts/contract.ts";
import {
  forecastRollout,
  handRollout,
  noticeChange,
  readRollout,
  readRollouts,
  startRollout,
} from "../../rollouts/index.ts";
import { MetricsQuery } from "../../rollups/contract.ts";
import { readMetrics } from "../../rollups/index.ts";
import {
  Compare,
  Deploy,
  Diff,
  ListRollouts,
  ListVersions,
  OneRollout,
  ReadMetrics,
  RollBack,
  SteerRollout,
} from "../contract.ts";
import { type Argument, argumentsOf, compile } from "./compile.ts";

const PER_PAGE = 50;

export type ListedPrompt = { name: string; description: string; arguments: Argument[] };

const described = (type: string, version: number, commitMessage: string | null): string =>
  `${type} prompt, version ${version}${commitMessage ? `: ${commitMessage}` : ""}`;

/** A page of the prompts at a label with the arguments they take. @param after name of the page before's last */
export async function listPromptsAt(
  scope: Scope,
  label: string,
  after: string | undefined,
): Promise<{ prompts: ListedPrompt[]; next: string | undefined }> {
  const rest = (await labelled(scope, label)).filter(({ name }) => !after || name > after);
  const page = rest.slice(0, PER_PAGE);
  const refs = page.map((ref) => ({ ...ref, project: scope.projectId }));
  const versions = await readVersions(scope.db, refs);
  return {
    prompts: versions.flatMap((found) =>
      found
        ? [
            {
              name: found.name,
              description: described(found.type, found.version, found.commitMessage),
              arguments: argumentsOf(found.prompt),
            },
          ]
        : [],
    ),
    next: rest.length > page.length ? page.at(-1)?.name : undefined,
  };
}

type Fetched = {
  version: number;
  type: string;
  commitMessage: string | null;
  prompt: PromptContent;
};

/** A prompt with its arguments filled in. @throws Refusal not_found, invalid_request naming an argument */
export async function getPrompt(
  scope: Scope,
  { name, given }: { name: string; given: Readonly<Record<string, string>> },
  { label, draw }: { label: string; draw: Draw },
) {
  const served = await fetchServed(scope, name, { selector: { label }, draw });
  if (!served) throw notFound(name, { label });
  const text = new TextDecoder().decode(served.document.body);
  const { prompt, version, type, commitMessage } = JSON.parse(text) as Fetched;
  const compiled = compile(prompt, given);
  if (!compiled.ok) throw new Refusal("invalid_request", compiled.problem);
  return {
    description: described(type, version, commitMessage),
    messages: compiled.messages,
    version,
    arm: served.arm,
  };
}

type Tool<T> = {
  name: string;
  description: string;
  input: z.ZodType<T>;
  writes: boolean;
  run: (scope: Scope, input: T) => Promise<unknown>;
};

const NEEDS_WRITE = "this tool needs a key with the scope write";

/** @throws Refusal invalid_request naming the field */
function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error);
  const [first] = issues;
  const where = first?.path ? `${first.path}: ` : "";
  throw new Refusal("invalid_request", `${where}${first?.message ?? "invalid"}`, { issues });
}

/** A tool whose input is checked before it runs. */
function tool<T>({ input, run, ...rest }: Tool<T>) {
  return {
    ...rest,
    input: input as z.ZodType,
    async call(scope: Scope, given: unknown): Promise<unknown> {
      if (rest.writes && !scope.grants.includes("write"))
        throw new Refusal("forbidden", NEEDS_WRITE);
      const result = await run(scope, checked(input, given));
      if (rest.writes) {
        await drainAfter(scope, now);
        await noticeChange(scope);
      }
      return result;
    },
  };
}

const side = (said: number | string) =>
  typeof said === "number" || /^[1-9]\d{0,8}$/.test(said)
    ? { version: Number(said) }
    : { label: said };

export const TOOLS = [
  tool({
    name: "list_versions",
    description: "A prompt's versions and which labels point at each",
    input: ListVersions,
    writes: false,
    run: (scope, { name }) => requirePrompt(scope, name),
  }),
  tool({
    name: "diff",
    description: "What changed between two versions of a prompt: text, messages, config, variables",
    input: Diff,
    writes: false,
    run: (scope, { name, from = DEFAULT_LABEL, to = LATEST }) =>
      readDiff(scope, name, { from: side(from), to: side(to) }),
  }),
  tool({
    name: "deploy",
    description: "Move a label to a version: from then on that version is served",
    input: Deploy,
    writes: true,
    run: (
      scope,
      { name, label = DEFAULT_LABEL, version, reason, expectedVersion, force = false },
    ) =>
      moveLabel(
        scope,
        { name, label },
        {
          version,
          force,
          reason: reason ?? null,
          expected: expectedVersion === undefined ? [] : [[expectedVersion]],
        },
      ),
  }),
  tool({
    name: "rollback",
    description: "Return a label to the version it pointed at before its last move",
    input: RollBack,
    writes: true,
    run: (scope, { name, label = DEFAULT_LABEL, reason, force = false }) =>
      rollBackLabel(scope, { name, label }, { force, reason: reason ?? null, expected: [] }),
  }),
  tool({
    name: "metrics",
    description:
      "What each version did in production: latency, tokens, cost, errors, scores, each with its n",
    input: ReadMetrics,
    writes: false,
    run: (scope, { name, version, ...range }) => {
      const said = { ...range, ...(version === undefined ? {} : { version: String(version) }) };
      return readMetrics(scope, name, checked(MetricsQuery, said));
    },
  }),
  tool({
    name: "compare",
    description:
      "One version against another, metric by metric: effect, interval, test, verdict and the sentence that says why",
    input: Compare,
    writes: false,
    run: async (scope, { name, control, candidate, ...range }) => {
      const said = { ...range, control: String(control), candidate: String(candidate) };
      const { metrics, ...told } = await readComparison(
        scope,
        name,
        checked(ComparisonQuery, said),
      );
      // The sums behind the verdicts are for computing them again.
      const shown = metrics.map((line) => {
        const { inputs: _, ...rest } = line;
        return rest;
      });
      return { ...told, metrics: shown };
    },
  }),
  tool({
    name: "rollouts",
    description: "Rollouts of a prompt, or of all: newest first, with state and share",
    input: ListRollouts,
    writes: false,
    run: (scope, { name, live }) =>
      readRollouts(scope, { prompt: name, state: live ? "live" : undefined, limit: PER_PAGE }),
  }),
  tool({
    name: "rollout",
    description: "A rollout: its state and why, the evidence of each guardrail, what happened",
    input: OneRollout,
    writes: false,
    run: async (scope, { id }) => {
      // Its course over time is for charts.
      const { history: _, ...rollout } = await readRollout(scope, id);
      return rollout;
    },
  }),
  tool({
    name: "forecast_rollout",
    description: "How long a rollout would take at present traffic; nothing is started",
    input: StartRollout,
    writes: false,
    run: forecastRollout,
  }),
  tool({
    name: "start_rollout",
    description:
      "Move a label to a version by stages: watched guardrails promote it or take it back",
    input: StartRollout,
    writes: true,
    run: startRollout,
  }),
  tool({
    name: "steer_rollout",
    description: "Pause, resume, abort or promote a rollout",
    input: SteerRollout,
    writes: true,
    run: async (scope, { id, hand, reason }) => {
      const { history: _, ...rollout } = await handRollout(scope, id, hand, { reason });
      return rollout;
    },
  }),
] as const;
