import { type Endpoint, endpoint, json } from "../../../platform/http.ts";
import { listParked, replay } from "./actions.ts";
import { ParkedList, ParkedQuery, Replay, Replayed } from "./contract.ts";

const tag = "Administration";

export const replayEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/admin/parked",
    access: "deployment",
    tag,
    summary: "Accepted requests that could not be brought into the rows, with the reason of each.",
    query: ParkedQuery,
    answers: { 200: ParkedList },
    handle: async (scope, { query }) => json(await listParked(scope, query)),
  }),
  endpoint({
    method: "POST",
    path: "/api/public/admin/replay",
    access: "deployment",
    tag,
    summary:
      "Put parked requests back into the queue, page by page. Doing it twice changes nothing.",
    body: Replay,
    answers: { 200: Replayed },
    handle: async (scope, { body }) => json(await replay(scope, body)),
  }),
];
