import { describe, it } from "vitest";

import { overridesOf, priceBook } from "../../../src/features/pricing/index.ts";
import { call } from "../../support/call.ts";
import { freshProject } from "../../support/project.ts";

const PATH = "/api/public/prices";

describe("a project's own prices", () => {
  it("are set, replaced, listed and removed", async ({ expect }) => {
    const { basic: authorization, scope } = await freshProject();
    const put = (body: unknown) => call("PUT", PATH, { authorization, body });
    expect(await put({ model: "ACME-*", usdPerMillion: { input: 1, output: 2 } })).toMatchObject({
      status: 200,
      json: {
        model: "acme-*",
        validFrom: "1970-01-01T00:00:00.000Z",
        usdPerMillion: { input: 1, output: 2 },
      },
    });
    const later = { model: "acme-*", validFrom: "2027-01-01T00:00:00+01:00" };
    await put({ ...later, usdPerMillion: { input: 9 } });
    await put({ ...later, usdPerMillion: { input: 5, output: 5 } });

    const list = await call("GET", PATH, { authorization });
    expect(list.json).toMatchObject({
      data: [
        { model: "acme-*", validFrom: "1970-01-01T00:00:00.000Z" },
        { validFrom: "2026-12-31T23:00:00.000Z", usdPerMillion: { input: 5, output: 5 } },
      ],
      nextCursor: null,
    });
    expect(await overridesOf(scope)).toHaveLength(2);

    const price = await priceBook(scope);
    const acme = { model: "acme-1", usage: { input: 1e6, output: 0, total: 1e6 } };
    const costAt = (day: string) => price({ ...acme, startUs: Date.parse(day) * 1000 }).total;
    expect([costAt("2026-06-01"), costAt("2027-06-01")]).toEqual([1e9, 5e9]);
    expect(price({ ...acme, model: "gpt-4o" }).total).toBe(2.5e9);

    const query = `?model=acme-*&validFrom=${encodeURIComponent(later.validFrom)}`;
    expect((await call("DELETE", PATH + query, { authorization })).status).toBe(204);
    expect(await overridesOf(scope)).toHaveLength(1);
    const again = await call("DELETE", PATH + query, { authorization });
    expect(again.status).toBe(404);
    expect(again.json).toMatchObject({ message: expect.stringContaining("acme-*") });
  });

  it("belong to one project", async ({ expect }) => {
    const [mine, theirs] = [await freshProject(), await freshProject()];
    const body = { model: "m", usdPerMillion: { input: 1 } };
    await call("PUT", PATH, { authorization: mine.basic, body });
    expect(await overridesOf(theirs.scope)).toEqual([]);
    const removal = await call("DELETE", `${PATH}?model=m`, { authorization: theirs.basic });
    expect(removal.status).toBe(404);
    expect(await overridesOf(mine.scope)).toHaveLength(1);
  });

  it.for<[string, unknown, string]>([
    ["no model", { usdPerMillion: { input: 1 } }, "model"],
    ["an empty model", { model: " ", usdPerMillion: { input: 1 } }, "model"],
    ["no prices", { model: "m", usdPerMillion: {} }, "usdPerMillion"],
    ["a negative price", { model: "m", usdPerMillion: { input: -1 } }, "usdPerMillion.input"],
    [
      "a price that is no number",
      { model: "m", usdPerMillion: { input: "1" } },
      "usdPerMillion.input",
    ],
    [
      "a day in place of an instant",
      { model: "m", validFrom: "2026-01-01", usdPerMillion: { input: 1 } },
      "validFrom",
    ],
  ])("refuse %s by name", async ([_name, body, field], { expect }) => {
    const { basic: authorization } = await freshProject();
    const answer = await call("PUT", PATH, { authorization, body });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ message: expect.stringContaining(field) });
  });

  it("are for keys with the right grant", async ({ expect }) => {
    const { publicBearer } = await freshProject();
    const body = { model: "m", usdPerMillion: { input: 1 } };
    expect((await call("PUT", PATH, { authorization: publicBearer, body })).status).toBe(403);
    expect((await call("GET", PATH, {})).status).toBe(401);
  });
});
