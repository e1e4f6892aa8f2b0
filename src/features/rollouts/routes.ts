import { type Endpoint, endpoint, json } from "../../platform/http.ts";
import { handRollout, noticeChange } from "./actions.ts";
import {
  ByHand,
  CheckList,
  CheckQuery,
  Rollout,
  RolloutForecast,
  RolloutList,
  RolloutPath,
  RolloutQuery,
} from "./contract.ts";
import type { Hand } from "./hand.ts";
import { readChecks, readRollout, readRollouts } from "./reads/actions.ts";
import { forecastRollout, startRollout } from "./start/actions.ts";
import { StartRollout } from "./start/contract.ts";

const tag = "Rollouts";
const path = "/api/public/rollouts";
const CREATED = 201;

const SUMMARIES: Record<Hand, string> = {
  pause: "Pause a rollout: nothing goes forward, proven harm still rolls back",
  resume: "Go on after a pause, a hold or an inconclusive end",
  abort: "End a rollout: the label serves the control again",
  promote: "End a rollout: the label moves to the candidate",
};

const handEndpoint = (hand: Hand): Endpoint =>
  endpoint({
    method: "POST",
    path: `${path}/:id/${hand}`,
    access: "write",
    tag,
    summary: SUMMARIES[hand],
    params: RolloutPath,
    body: ByHand,
    emptyBody: {},
    answers: { 200: Rollout, 409: "it is over, or not such that it could" },
    handle: async (scope, { params, body }) =>
      json(await handRollout(scope, params.id, hand, body)),
  });

export const rolloutEndpoints: Endpoint[] = [
  endpoint({
    method: "POST",
    path,
    access: "write",
    tag,
    summary: "Roll a version out: by stages, as far as guardrails prove it safe",
    body: StartRollout,
    answers: {
      201: Rollout,
      409: "the label is split, another rollout or A/B test has it, or the candidate has traffic already",
    },
    handle: async (scope, { body }) => json(await startRollout(scope, body), CREATED),
  }),
  endpoint({
    method: "POST",
    path: `${path}/forecast`,
    access: "read",
    tag,
    summary: "How long a rollout would take at present traffic; nothing is started",
    body: StartRollout,
    answers: { 200: RolloutForecast },
    handle: async (scope, { body }) => json(await forecastRollout(scope, body)),
  }),
  endpoint({
    method: "GET",
    path,
    access: "read",
    tag,
    summary: "Rollouts, newest first",
    query: RolloutQuery,
    answers: { 200: RolloutList },
    handle: async (scope, { query }) => json(await readRollouts(scope, query)),
  }),
  endpoint({
    method: "GET",
    path: `${path}/:id`,
    access: "read",
    tag,
    summary: "A rollout: its state, the evidence of each guardrail, and how both came about",
    params: RolloutPath,
    answers: { 200: Rollout },
    handle: async (scope, { params }) => json(await readRollout(scope, params.id)),
  }),
  endpoint({
    method: "GET",
    path: `${path}/:id/checks`,
    access: "read",
    tag,
    summary: "Checks of a rollout, newest first, with the sums that each decision was made from",
    params: RolloutPath,
    query: CheckQuery,
    answers: { 200: CheckList },
    handle: async (scope, { params, query }) => json(await readChecks(scope, params.id, query)),
  }),
  ...(["pause", "resume", "abort", "promote"] as const).map(handEndpoint),
];

/** Endpoints that change the registry, each followed by the end of the rollouts that it overrode. */
export const overriding = (endpoints: readonly Endpoint[]): Endpoint[] =>
  endpoints.map((route) =>
    route.method === "GET"
      ? route
      : {
          ...route,
          handle: async (scope, input, c) => {
            const response = await route.handle(scope, input, c);
            await noticeChange(scope);
            return response;
          },
        },
  );
