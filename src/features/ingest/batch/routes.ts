import type { z } from "zod";

import { readJson } from "../../../platform/body.ts";
import { problem, Refusal } from "../../../platform/errors.ts";
import { type Endpoint, endpoint, issuesOf, json, requestIdOf } from "../../../platform/http.ts";
import { createScore, createScores, deleteScore, ingestBatch } from "./actions.ts";
import {
  AcceptedScores,
  CreatedScore,
  Envelope,
  IngestionAnswer,
  NewScores,
  ScorePath,
  SortedScores,
} from "./contract.ts";

/** The legacy clients read `errors.length` of every answer, also of a refusal. */
async function malformed(refusal: Refusal, requestId: string): Promise<Response> {
  const response = problem(refusal, requestId);
  const body = await response.json<Record<string, unknown>>();
  const errors = refusal.issues.length > 0 ? refusal.issues : [{ message: refusal.message }];
  return json({ ...body, errors }, response.status, { "x-request-id": requestId });
}

/** @throws Refusal invalid_request, too_large, unsupported_media_type */
async function readEnvelope(request: Request): Promise<z.infer<typeof Envelope>> {
  const parsed = Envelope.safeParse(await readJson(request));
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error);
  const { path = "", message = "" } = issues[0] ?? {};
  throw new Refusal("invalid_request", `body ${path}: ${message}`, { issues });
}

export const batchEndpoints: Endpoint[] = [
  endpoint({
    method: "POST",
    path: "/api/public/ingestion",
    access: "scores",
    tag: "Ingestion",
    summary:
      "Ingest a batch of trace, observation and score events. Bad events are named in `errors`, the others are kept. With a public key only `score-create` is allowed. Limits: body 4.5 MB, event 1 MB.",
    takes: { "application/json": Envelope },
    answers: { 207: IngestionAnswer },
    async handle(scope, _input, c) {
      try {
        const { batch, metadata } = await readEnvelope(c.req.raw);
        return json(await ingestBatch(scope, batch, metadata), 207);
      } catch (error) {
        if (!(error instanceof Refusal) || error.code === "unavailable") throw error;
        return malformed(error, requestIdOf(c));
      }
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/public/scores",
    access: "scores",
    tag: "Scores",
    summary:
      "Create a score, or a list of scores; one with an id that is known is updated. Of a list the good scores are kept.",
    body: NewScores,
    answers: { 200: CreatedScore, 202: AcceptedScores, 207: SortedScores },
    async handle(scope, { body }) {
      if (!Array.isArray(body)) return json({ id: await createScore(scope, body) });
      const sorted = await createScores(scope, body);
      return sorted.rejected === 0 ? json({ message: "Accepted" }, 202) : json(sorted, 207);
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/public/scores/:id",
    access: "ingest",
    tag: "Scores",
    summary: "Delete a score. Numbers follow with the next fold.",
    params: ScorePath,
    answers: { 204: "deleted" },
    async handle(scope, { params }) {
      await deleteScore(scope, params.id);
      return new Response(null, { status: 204 });
    },
  }),
];
