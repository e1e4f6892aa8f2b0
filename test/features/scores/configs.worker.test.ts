import { describe, it } from "vitest";

import { call } from "../../support/call.ts";
import { broken } from "../../support/registry.ts";
import { lab } from "../ingest/reads/lab.ts";

type Config = { id: string; categories: unknown; updatedAt: string; isArchived: boolean };

const make = async (house: Awaited<ReturnType<typeof lab>>, body: object): Promise<Config> => {
  const { status, json, text } = await house.request("POST", "/api/public/score-configs", body);
  if (status !== 200) throw new Error(text);
  return json as Config;
};

describe("score configs", () => {
  it("are made, listed newest first, read and changed", async ({ expect }) => {
    const house = await lab();
    const range = await make(house, {
      name: "quality",
      dataType: "NUMERIC",
      minValue: 0,
      maxValue: 1,
      description: "how good",
    });
    expect(range).toMatchObject({
      name: "quality",
      projectId: house.scope.projectId,
      dataType: "NUMERIC",
      isArchived: false,
      minValue: 0,
      maxValue: 1,
      categories: null,
      description: "how good",
    });
    const truth = await make(house, { name: "thumb", dataType: "BOOLEAN" });
    expect(truth.categories).toEqual([
      { label: "True", value: 1 },
      { label: "False", value: 0 },
    ]);
    const list = await house.request("GET", "/api/public/score-configs?limit=1");
    expect(list.json).toMatchObject({
      data: [{ id: truth.id }],
      meta: { page: 1, limit: 1, totalItems: 2, totalPages: 2 },
    });
    const path = `/api/public/score-configs/${range.id}`;
    expect((await house.request("GET", path)).json).toEqual(range);
    const changed = await house.request("PATCH", path, { maxValue: null, description: null });
    expect(changed).toMatchObject({
      status: 200,
      json: { id: range.id, minValue: 0, maxValue: null, description: null, name: "quality" },
    });
    const audit = await house.get<{ data: { action: string; target: string }[] }>(
      "/api/public/audit",
    );
    expect(audit.data[0]).toMatchObject({ action: "score-config.change", target: range.id });
  });

  it("decide which scores are taken, also while D1 is down", async ({ expect }) => {
    const house = await lab();
    const range = await make(house, { name: "q", dataType: "NUMERIC", minValue: 1, maxValue: 5 });
    const tone = await make(house, {
      name: "tone",
      dataType: "CATEGORICAL",
      categories: [
        { label: "good", value: 1 },
        { label: "bad", value: 0 },
      ],
    });
    const env = { ...house.env, DB: broken("D1"), EVENTS_0: broken("D1"), EVENTS_1: broken("D1") };
    const score = (body: object) =>
      call("POST", "/api/public/scores", {
        authorization: house.basic,
        body: { traceId: "t", ...body },
        env,
      });
    const isTaken = async (body: object) => (await score(body)).status === 200;
    expect(await isTaken({ name: "q", value: 5, configId: range.id })).toBe(true);
    expect(await isTaken({ name: "tone", value: "good", configId: tone.id })).toBe(true);
    const refused: [object, string][] = [
      [{ name: "q", value: 5.1, configId: range.id }, "value"],
      [{ name: "q", value: "high", configId: range.id }, "value"],
      [{ name: "other", value: 2, configId: range.id }, "name"],
      [{ name: "tone", value: "meh", configId: tone.id }, "value"],
      [{ name: "tone", value: "good", configId: "scc_none" }, "configId"],
      [{ name: "q", value: 1, dataType: "BOOLEAN", configId: range.id }, "dataType"],
    ];
    for (const [body, path] of refused) {
      const answer = await score(body);
      expect(answer, JSON.stringify(body)).toMatchObject({
        status: 400,
        json: { issues: [{ path }] },
      });
    }
    await house.request("PATCH", `/api/public/score-configs/${range.id}`, { isArchived: true });
    expect(await score({ name: "q", value: 2, configId: range.id })).toMatchObject({
      status: 400,
      json: { issues: [{ path: "configId", message: `score config ${range.id} is archived` }] },
    });
  });

  it("refuse what makes no sense, naming the field", async ({ expect }) => {
    const house = await lab();
    const label = (i: number) => ({ label: `c${i}`, value: i });
    const many = Array.from({ length: 51 }, (_, i) => label(i));
    const cases: [object, string][] = [
      [{ dataType: "NUMERIC" }, "name"],
      [{ name: "n", dataType: "TEXT" }, "dataType"],
      [{ name: "n", dataType: "NUMERIC", minValue: 2, maxValue: 1 }, "maxValue"],
      [{ name: "n", dataType: "NUMERIC", categories: [label(1)] }, "categories"],
      [{ name: "n", dataType: "BOOLEAN", minValue: 0 }, "minValue"],
      [{ name: "n", dataType: "CATEGORICAL" }, "categories"],
      [{ name: "n", dataType: "NUMERIC", direction: "up" }, "direction"],
      [{ name: "n", dataType: "NUMERIC", badCategories: ["x"] }, "badCategories"],
      [
        { name: "n", dataType: "CATEGORICAL", categories: [label(1)], direction: "higher" },
        "direction",
      ],
      [
        { name: "n", dataType: "CATEGORICAL", categories: [label(1)], badCategories: ["c1", "c2"] },
        "badCategories.1",
      ],
      [{ name: "n", dataType: "CATEGORICAL", categories: [] }, "categories"],
      [{ name: "n", dataType: "CATEGORICAL", categories: many }, "categories"],
      [
        { name: "n", dataType: "CATEGORICAL", categories: [label(1), label(1)] },
        "categories.1.label",
      ],
    ];
    for (const [body, path] of cases) {
      const answer = await house.request("POST", "/api/public/score-configs", body);
      expect(answer, JSON.stringify(body)).toMatchObject({
        status: 400,
        json: { issues: [{ path }] },
      });
    }
    expect(await house.request("GET", "/api/public/score-configs/scc_none")).toMatchObject({
      status: 404,
      json: { message: "there is no score config scc_none" },
    });
    const made = await make(house, { name: "n", dataType: "NUMERIC", minValue: 1 });
    const path = `/api/public/score-configs/${made.id}`;
    expect(await house.request("PATCH", path, { maxValue: 0 })).toMatchObject({ status: 400 });
    expect((await house.request("GET", path)).json).toEqual(made);
  });

  it("may say which way is good; silent ones look as they always did", async ({ expect }) => {
    const house = await lab();
    const judged = await make(house, { name: "q", dataType: "NUMERIC", direction: "higher" });
    expect(judged).toMatchObject({ direction: "higher" });
    const path = `/api/public/score-configs/${judged.id}`;
    const turned = await house.request("PATCH", path, { direction: "lower" });
    expect(turned.json).toMatchObject({ direction: "lower" });
    const silenced = await house.request("PATCH", path, { direction: null });
    expect(silenced.json).not.toHaveProperty("direction");
    const tones = await make(house, {
      name: "tone",
      dataType: "CATEGORICAL",
      categories: [
        { label: "kind", value: 1 },
        { label: "rude", value: 0 },
      ],
      badCategories: ["rude"],
    });
    expect(tones).toMatchObject({ badCategories: ["rude"] });
    expect(await make(house, { name: "n", dataType: "NUMERIC" })).not.toHaveProperty(
      "badCategories",
    );
  });

  it("made at the same moment are all kept", async ({ expect }) => {
    const house = await lab();
    const names = Array.from({ length: 6 }, (_, i) => `config ${i}`);
    await Promise.all(names.map((name) => make(house, { name, dataType: "NUMERIC" })));
    const { data } = await house.get<{ data: { name: string }[] }>("/api/public/score-configs");
    expect(data.map(({ name }) => name).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(names);
  });
});
