import { describe, expect, it } from "vitest";

import { isCurrent } from "../../../src/features/delivery/document.ts";
import { documentKey } from "../../../src/features/delivery/keys.ts";
import { backoffMs } from "../../../src/features/delivery/publish/backoff.ts";
import { labelDocument, versionDocument } from "../../../src/features/prompts/model.ts";

const bytes = (text: string) => new TextEncoder().encode(text).byteLength;

describe("a document's key", () => {
  it("is ordered by project, label, name", async () => {
    expect(await documentKey("prj_1", labelDocument("team/greet", "production"))).toBe(
      "doc/prj_1/l/production/team/greet",
    );
    expect(await documentKey("prj_1", versionDocument("a b%", 12))).toBe("doc/prj_1/v/12/a b%");
  });

  it("holds a hash where the name is too long for KV, in bytes, and only there", async () => {
    const folder = "doc/prj_1/l/production/";
    const fits = "n".repeat(512 - folder.length);
    expect(await documentKey("prj_1", labelDocument(fits, "production"))).toBe(folder + fits);
    for (const name of [`${fits}n`, "語".repeat(170)]) {
      const key = await documentKey("prj_1", labelDocument(name, "production"));
      expect(key).toMatch(/^doc\/prj_1\/l\/production\/\/[0-9a-f]{64}$/);
      expect(bytes(key)).toBeLessThanOrEqual(512);
    }
  });

  it("differs for every project, kind, selector and name", async () => {
    const refs = [labelDocument("a", "1"), versionDocument("a", 1), labelDocument("1/a", "1")];
    const keys = await Promise.all(
      ["p", "q"].flatMap((project) => refs.map((ref) => documentKey(project, ref))),
    );
    expect(new Set(keys).size).toBe(6);
  });
});

describe("If-None-Match", () => {
  it.each([
    ['"abc"', true],
    ['W/"abc"', true],
    ['"x", "abc"', true],
    ["*", true],
    ['"abcd"', false],
    ["abc", false],
    [undefined, false],
  ])("%s against the ETag abc: %s", (header, current) => {
    expect(isCurrent(header, '"abc"')).toBe(current);
  });
});

describe("the back-off of writes", () => {
  it("doubles from a second to a minute", () => {
    expect([0, 1, 2, 5, 6, 50].map(backoffMs)).toEqual([1000, 2000, 4000, 32000, 60000, 60000]);
  });
});
