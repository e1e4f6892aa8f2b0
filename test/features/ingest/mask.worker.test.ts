import { gunzipSync } from "node:zlib";

import { describe, it } from "vitest";

import { parseObjectName } from "../../../src/features/ingest/accept/payload.ts";
import { ago, event, lab } from "./reads/lab.ts";

const EMAIL = String.raw`[\w.]+@[\w.]+`;

describe("a project's masks", () => {
  it("apply before anything is stored", async ({ expect }) => {
    const { request, ingest, get, env, scope } = await lab();
    expect((await request("PATCH", "/api/public/settings", { masks: [EMAIL] })).status).toBe(200);
    await ingest(
      event("generation-create", {
        id: "masked",
        traceId: "t",
        startTime: ago(1000),
        input: "write to ada@example.com",
        metadata: { from: "ada@example.com" },
      }),
      event("score-create", {
        id: "s",
        traceId: "t",
        name: "q",
        value: 1,
        comment: "ada@example.com",
      }),
    );
    expect(await get("/api/public/observations/masked")).toMatchObject({
      input: "write to ***",
      metadata: { from: "***" },
    });
    expect(await get("/api/public/v2/scores/s")).toMatchObject({ comment: "***" });
    const { objects } = await env.PAYLOADS.list();
    const own = objects.filter(({ key }) => parseObjectName(key)?.tenant === scope.tenant);
    expect(own).toHaveLength(1);
    for (const { key } of own) {
      const stored = await (await env.PAYLOADS.get(key))?.arrayBuffer();
      expect(gunzipSync(Buffer.from(stored ?? new ArrayBuffer())).toString()).not.toContain("ada@");
    }
  });
});
