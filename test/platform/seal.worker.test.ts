import { describe, it } from "vitest";

import type { Env } from "../../src/platform/env.ts";
import { seal, unseal } from "../../src/platform/seal.ts";
import { testEnv } from "../support/env.ts";

const withKeys = (over: Partial<Env>): Env => ({ ...testEnv(), ...over });

describe("a sealed secret", () => {
  it("opens for its owner under the same key, and says nothing otherwise", async ({ expect }) => {
    const env = withKeys({ ADMIN_TOKEN: "one" });
    const sealed = await seal(env, "src_1", "whsec_clear");
    expect(sealed).not.toContain("clear");
    expect(await unseal(env, "src_1", sealed)).toBe("whsec_clear");
    expect(await unseal(env, "src_2", sealed)).toBeUndefined();
    expect(await unseal(withKeys({ ADMIN_TOKEN: "two" }), "src_1", sealed)).toBeUndefined();
    const damaged = sealed.slice(0, -6) + (sealed.endsWith("AAAAA=") ? "BBBBB=" : "AAAAA=");
    for (const text of [damaged, "", ".", "not base64!", sealed.split(".")[0] ?? ""]) {
      expect(await unseal(env, "src_1", text)).toBeUndefined();
    }
  });

  it("is never twice the same", async ({ expect }) => {
    const env = testEnv();
    expect(await seal(env, "a", "x")).not.toBe(await seal(env, "a", "x"));
  });

  it("survives another ADMIN_TOKEN where the sealing key has its own", async ({ expect }) => {
    const sealed = await seal(withKeys({ ADMIN_TOKEN: "one", SEALING_KEY: "k" }), "a", "x");
    expect(await unseal(withKeys({ ADMIN_TOKEN: "two", SEALING_KEY: "k" }), "a", sealed)).toBe("x");
  });
});
