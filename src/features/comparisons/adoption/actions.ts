import type { Scope } from "../../../platform/scope.ts";
import { newestCalls } from "../../ingest/index.ts";
import { FALLBACK_VERSION } from "../../ingest/model.ts";
import { type LedgerRow, newestDeployments, notFound } from "../../prompts/index.ts";
import { type KnownPrompt, readGroupedCells, requireKnown } from "../../rollups/index.ts";
import { observationsPath, spanOf } from "../../rollups/model.ts";
import { requireBegun } from "../reads/actions.ts";
import {
  type Adoption,
  ADOPTION_DAYS,
  type AdoptionQuery,
  MAX_DEPLOYMENTS,
  ROWS_LOOKED_AT,
} from "./contract.ts";
import { secondsToShare, type Step, stepsAfter, tally, totalOf } from "./curve.ts";

const DAY_MS = 86_400_000;
const US_PER_MS = 1000;

type Subject = {
  prompt: string;
  filter: { environment: string | null; model: string | null };
  /** Stored versions that were named by number. */
  versions: readonly number[];
};

/** What followed one move of the label. */
async function readDeployment(
  scope: Scope,
  { prompt, filter, versions }: Subject,
  { id, at, from, to }: LedgerRow,
  untilMs: number,
): Promise<Adoption["deployments"][number]> {
  const nowUs = scope.now.getTime() * US_PER_MS;
  const atUs = at.getTime() * US_PER_MS;
  const steps = stepsAfter(atUs, untilMs * US_PER_MS, nowUs);
  const { level } = steps;
  const cells = await readGroupedCells(
    scope,
    { prompt, versions, ranges: [steps], filter, wish: { only: "" } },
    ({ version, slot }) => `${version}/${slot}`,
  );
  const points: Step[] = [];
  for (let slot = steps.from; slot < steps.to; slot++) {
    const counts = new Map(
      versions.flatMap((version) => {
        const n = cells.get(`${version}/${slot}`)?.n ?? 0;
        return n > 0 ? [[version, n] as const] : [];
      }),
    );
    points.push({ slot, counts });
  }
  const time = (share: number): number | null =>
    to === null ? null : secondsToShare(points, to, share, { atUs, level });
  const { from: firstUs, to: nextUs } = spanOf(level, steps.from);
  return {
    id,
    at: at.toISOString(),
    from,
    to,
    until: new Date(spanOf(level, steps.to - 1).to / US_PER_MS).toISOString(),
    stepSeconds: (nextUs - firstUs) / 1e6,
    count: points.reduce((sum, step) => sum + totalOf(step), 0),
    timeToShare: { p50: time(0.5), p90: time(0.9), p99: time(0.99) },
    points: points.map((step) => {
      const n = totalOf(step);
      const shares = [...step.counts].map(([version, count]) => [String(version), count / n]);
      return {
        at: new Date(spanOf(level, step.slot).from / US_PER_MS).toISOString(),
        n,
        shares: n === 0 ? null : (Object.fromEntries(shares) as Record<string, number>),
      };
    }),
    observations:
      to === null
        ? null
        : observationsPath({
            prompt,
            version: to,
            ...filter,
            fromUs: atUs,
            toUs: untilMs * US_PER_MS,
          }),
  };
}

/** Who still uses the version that a move left. */
async function readStragglers(
  scope: Scope,
  { prompt, filter }: Subject,
  { at, from }: LedgerRow,
): Promise<Adoption["stragglers"]> {
  if (from === null) return null;
  const fromUs = at.getTime() * US_PER_MS;
  const calls = await newestCalls(scope, {
    prompt,
    version: from,
    ...filter,
    fromUs,
    toUs: Number.MAX_SAFE_INTEGER,
    limit: ROWS_LOOKED_AT,
  });
  const by = (nameOf: (call: (typeof calls)[number]) => string | null) =>
    tally(calls, nameOf, ({ startUs }) => startUs);
  return {
    version: from,
    since: at.toISOString(),
    looked: calls.length,
    isAll: calls.length < ROWS_LOOKED_AT,
    environments: by(({ environment }) => environment),
    sdks: by(({ sdk }) => sdk),
    hosts: by(({ host }) => host).filter(({ name }) => name !== null),
    observations: observationsPath({ prompt, version: from, ...filter, fromUs, toUs: null }),
  };
}

/** @throws Refusal not_found for a label that is on no version and never was */
async function requireLabel(scope: Scope, name: string, label: string, known: KnownPrompt) {
  if ([...known.labels.values()].some((labels) => labels.includes(label))) return;
  const ever = { from: new Date(0), to: new Date(scope.now.getTime() + 1), label, limit: 1 };
  if ((await newestDeployments(scope, name, ever)).length === 0) throw notFound(name, { label });
}

/** How the moves of a label reached the traffic. @throws Refusal not_found for an unknown label */
export async function readAdoption(
  scope: Scope,
  name: string,
  query: AdoptionQuery,
): Promise<Adoption> {
  const { label, from, to, environment = null, model = null } = query;
  requireBegun(query, scope.now);
  const toMs = Math.min((to ?? scope.now).getTime(), scope.now.getTime());
  const fromMs = from?.getTime() ?? toMs - ADOPTION_DAYS * DAY_MS;
  const [known, moves] = await Promise.all([
    requireKnown(scope, name),
    newestDeployments(scope, name, {
      from: new Date(0),
      to: new Date(toMs + 1),
      label,
      kind: "move",
      limit: MAX_DEPLOYMENTS,
    }),
  ]);
  const last = moves.at(-1);
  if (!last) await requireLabel(scope, name, label, known);
  const subject: Subject = {
    prompt: name,
    filter: { environment, model },
    versions: known.stored.filter((version) => version > FALLBACK_VERSION),
  };
  const shown = moves.filter(({ at }) => at.getTime() >= fromMs);
  const [deployments, stragglers] = await Promise.all([
    Promise.all(
      shown.map((move, i) =>
        readDeployment(scope, subject, move, shown[i + 1]?.at.getTime() ?? toMs),
      ),
    ),
    last ? readStragglers(scope, subject, last) : null,
  ]);
  return { prompt: name, label, deployments, stragglers };
}
