import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { mapBatch } from "../../../../src/features/ingest/batch/map.ts";
import { feedbackEvents } from "../../../../src/features/ingest/webhook/kinds/feedback.ts";
import {
  litellmEvents,
  payloadsOf,
} from "../../../../src/features/ingest/webhook/kinds/litellm.ts";
import { standardEvents } from "../../../../src/features/ingest/webhook/kinds/standard.ts";
import {
  BadMapping,
  evaluate,
} from "../../../../src/features/ingest/webhook/mapping/expression.ts";

const rules = { scoresOnly: false, configs: [], receivedUs: 1_767_323_045_000_000 };

/** JSON that looks like what is sent, with anything in any place. */
const keys = fc.constantFrom(
  "id",
  "type",
  "timestamp",
  "data",
  "body",
  "events",
  "traceId",
  "observationId",
  "name",
  "value",
  "metadata",
  "requester_metadata",
  "prompt_name",
  "prompt_version",
  "response",
  "choices",
  "startTime",
  "endTime",
  "usage",
  "cost_breakdown",
  "response_cost",
  "request_tags",
  "call_type",
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<unknown>(
      "generation",
      "score",
      "v3",
      "",
      "2026-01-02T03:04:05Z",
      "acompletion",
    ),
    fc.jsonValue({ maxDepth: 1 }),
    fc.dictionary(keys, tie("json"), { maxKeys: 8 }),
    fc.array(tie("json"), { maxLength: 4 }),
  ),
}));

describe("whatever a source sends", () => {
  it("every event is taken or refused by name, and nothing throws", () => {
    fc.assert(
      fc.property(json, (body) => {
        for (const events of [
          standardEvents(body, "d"),
          feedbackEvents(body, () => "new"),
          litellmEvents(payloadsOf(JSON.stringify(body)), "d"),
        ]) {
          const batch = mapBatch(events, rules, undefined);
          expect(batch.mapped.length + batch.rejected.length).toBe(events.length);
          expect(batch.rejected.every(({ message }) => message !== "")).toBe(true);
        }
      }),
      { numRuns: 2000, seed: 20_261_122 },
    );
  });

  it("an expression makes something of it, or says why not", () => {
    const expressions = [
      "@",
      "*",
      "[].id",
      "events[*].{type: type, data: @}",
      "[?value > `1`]",
      "sort_by(@, &id)",
      "length(@)",
      "keys(@)",
      "max_by(events, &value)",
      "events[].data[].name | join(',', @)",
      "map(&to_string(@), events)",
      "metadata.*.prompt_name",
      "sum(events[].value)",
      "events[::-1]",
    ];
    fc.assert(
      fc.property(json, fc.constantFrom(...expressions), (body, expression) => {
        try {
          evaluate(expression, body as never);
        } catch (error) {
          expect(error).toBeInstanceOf(BadMapping);
        }
      }),
      { numRuns: 2000, seed: 20_261_122 },
    );
  });
});
