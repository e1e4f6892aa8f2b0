import { describe, it } from "vitest";

import { call } from "../../../support/call.ts";
import { testEnv } from "../../../support/env.ts";
import { faultyD1 } from "../../../support/faulty-d1.ts";
import { lab } from "./lab.ts";

describe("GET /api/public/health", () => {
  it("needs no key, and says OK", async ({ expect }) => {
    const { status, json } = await call("GET", "/api/public/health");
    expect(status).toBe(200);
    expect(json).toEqual({ status: "OK", version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  });

  it.each(["DB", "EVENTS_0", "EVENTS_1"] as const)("is 503 when %s is down", async (binding) => {
    const env = testEnv();
    const down = faultyD1(env[binding], () => Promise.reject(new Error("down")));
    const { status, headers } = await call("GET", "/api/public/health", {
      env: { ...env, [binding]: down },
    });
    if (status !== 503 || !headers.get("retry-after")) throw new Error(`status ${status}`);
  });
});

describe("POST /api/public/media", () => {
  it("says that the medium is stored, under the name that follows from its hash", async ({
    expect,
  }) => {
    const { request } = await lab();
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("picture"));
    const sha256Hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
    const { status, json } = await request("POST", "/api/public/media", {
      contentLength: 7,
      contentType: "image/png",
      sha256Hash,
      field: "input",
      traceId: "t",
      observationId: null,
    });
    expect(status).toBe(201);
    const mediaId = sha256Hash.replaceAll("+", "-").replaceAll("/", "_").slice(0, 22);
    expect(json).toEqual({ uploadUrl: null, mediaId });
  });

  it("names what is no hash", async ({ expect }) => {
    const { request } = await lab();
    const { status, json } = await request("POST", "/api/public/media", { sha256Hash: "x" });
    expect(status).toBe(400);
    expect(json).toMatchObject({ issues: [{ path: "sha256Hash" }] });
  });
});
