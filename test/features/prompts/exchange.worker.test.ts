import { describe, it } from "vitest";

import { setPrices } from "../../../src/features/pricing/index.ts";
import { changeSettings } from "../../../src/features/projects/index.ts";
import { selectAudit } from "../../../src/features/projects/store.ts";
import { freshProject } from "../../support/project.ts";
import { type Registry, registryOf } from "../../support/registry.ts";
import { at, create, PROMPTS, say } from "./lab.ts";

type Report = {
  prompts: number;
  versions: { added: number; unchanged: number };
  labels: number;
  splits: number;
  settings: boolean;
  scoreConfigs: number;
  prices: number;
  complete: boolean;
  errors: { line: number; message: string }[];
  warnings: string[];
};

const fresh = async (): Promise<Registry> => registryOf((await freshProject()).scope);

async function exported({ call }: Registry, query = ""): Promise<string[]> {
  const res = await call("GET", `/api/public/export${query}`);
  const text = new TextDecoder().decode(await res.arrayBuffer());
  return text.trimEnd().split("\n");
}

const lines = (...entries: object[]): string =>
  entries.map((one) => JSON.stringify(one)).join("\n");

const bring = (registry: Registry, body: string | string[]) =>
  say<Report>(registry, "POST", "/api/public/import", Array.isArray(body) ? body.join("\n") : body);

/** What differs by nature between two projects that hold the same. */
const comparable = (all: string[]) =>
  all
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ kind }) => kind !== "promptside");

const RANGE = {
  id: "scc_range",
  name: "accuracy",
  dataType: "NUMERIC" as const,
  minValue: 0,
  maxValue: 1,
  categories: [],
};
const TONE = {
  id: "scc_tone",
  name: "tone",
  dataType: "CATEGORICAL" as const,
  minValue: null,
  maxValue: null,
  categories: [
    { label: "warm", value: 1 },
    { label: "cold", value: 0 },
  ],
};

async function filled(): Promise<Registry> {
  const registry = await fresh();
  await create(registry, {
    name: "base",
    prompt: 'base $& "1"\n',
    labels: ["production"],
    commitMessage: "first",
  });
  await create(registry, {
    name: "base",
    prompt: "base 2",
    config: { temperature: 0.5 },
    tags: ["x"],
  });
  await create(registry, { name: "base", prompt: "base 3" });
  await say(registry, "DELETE", `${PROMPTS}/base?version=2`);
  await create(registry, {
    name: "a/chat",
    type: "chat",
    prompt: [
      { role: "system", content: "@@@langfusePrompt:name=base|label=production@@@" },
      { type: "placeholder", name: "history" },
    ],
    labels: ["production", "staging"],
  });
  await say(registry, "PUT", at("base", "/labels/production"), { version: 3, reason: "better" });
  await changeSettings(registry.scope, {
    timeZone: "Europe/Berlin",
    protectedLabels: ["eu"],
    capturePayloads: false,
    masks: ["$..email", "\\d{16}"],
    retentionDays: 90,
    limits: { eventsPerRequest: 500, ingestPerMinute: 60, readsPerMinute: null },
    scoreConfigs: [RANGE, TONE],
  });
  await setPrices(registry.scope, [
    {
      model: "acme-*",
      validFrom: "2026-01-01T00:00:00Z",
      usdPerMillion: { input: 1.5, output: 2 },
    },
    { model: "acme-1", validFrom: "1970-01-01T00:00:00Z", usdPerMillion: { input: 1 } },
  ]);
  return registry;
}

describe("export and import", () => {
  it("bring a project into another: prompts, versions, labels, ledger, settings", async ({
    expect,
  }) => {
    const source = await filled();
    const all = await exported(source);
    const target = await fresh();
    const res = await bring(target, all);
    expect(res.status).toBe(200);
    expect(res.json).toEqual({
      prompts: 2,
      versions: { added: 3, unchanged: 0 },
      labels: 3,
      splits: 0,
      settings: true,
      scoreConfigs: 2,
      prices: 2,
      others: {},
      complete: true,
      errors: [],
      warnings: [],
    });
    expect(comparable(await exported(target))).toEqual(comparable(all));
    await target.settle();
    const chat = await say(target, "GET", `${PROMPTS}/a%2Fchat`);
    expect(chat.json["prompt"]).toEqual([
      { role: "system", content: "base 3" },
      { type: "placeholder", name: "history" },
    ]);
  });

  it("change nothing when done again, not even a ledger or an audit", async ({ expect }) => {
    const all = await exported(await filled());
    const target = await fresh();
    await bring(target, all);
    const before = await exported(target);
    const again = await bring(target, all);
    expect(again.json).toMatchObject({
      prompts: 0,
      versions: { added: 0, unchanged: 3 },
      labels: 0,
      settings: false,
      scoreConfigs: 0,
      prices: 0,
      errors: [],
    });
    expect(await exported(target)).toEqual(before);
  });

  it("go on after numbers that were used, and never use them again", async ({ expect }) => {
    const target = await fresh();
    await bring(target, await exported(await filled()));
    expect((await create(target, { name: "base" })).version).toBe(4);
  });

  it("take parts in any order, references to what is not here yet included", async ({ expect }) => {
    const all = await exported(await filled());
    const isChat = (line: string) => line.includes('"name":"a/chat"');
    const target = await fresh();
    const first = await bring(target, all.filter(isChat));
    expect(first.status).toBe(200);
    expect(first.json.complete).toBe(false);
    expect(first.json.warnings[0]).toContain("there is no prompt 'base' with label 'production'");
    await bring(
      target,
      all.filter((line) => !isChat(line)),
    );
    await target.settle();
    expect((await say(target, "GET", `${PROMPTS}/a%2Fchat`)).status).toBe(200);
  });

  it("break off and go on by name", async ({ expect }) => {
    const rest = await exported(await filled(), "?after=a/chat");
    const names = comparable(rest).flatMap(({ kind, name }) => (kind === "prompt" ? [name] : []));
    expect(names).toEqual(["base"]);
    expect(JSON.parse(rest.at(-1) ?? "")).toEqual({ kind: "end", lines: rest.length });
  });

  it("read more than one page of names, and versions larger than one read", async ({ expect }) => {
    const source = await fresh();
    const many = Array.from({ length: 120 }, (_, i) => `n${String(i).padStart(3, "0")}`);
    const version = (name: string, number: number, prompt: string) => ({
      kind: "version",
      name,
      version: number,
      type: "text",
      prompt,
    });
    await bring(source, lines(...many.map((name) => version(name, 1, name))));
    for (let n = 1; n <= 3; n++) {
      await bring(
        source,
        lines(...[0, 1].map((i) => version("zz-big", 2 * n + i, "x".repeat(900_000)))),
      );
    }
    const all = comparable(await exported(source));
    const found = all.filter(({ kind }) => kind === "version");
    expect(found).toHaveLength(126);
    expect(found.map(({ name, version }) => [name, version])).toEqual([
      ...many.map((name) => [name, 1]),
      ...[2, 3, 4, 5, 6, 7].map((n) => ["zz-big", n]),
    ]);
    const target = await fresh();
    await bring(
      target,
      all.filter(({ name }) => name !== "zz-big").map((line) => JSON.stringify(line)),
    );
    expect((await exported(target)).length).toBe(3 + many.length * 4);
  });
});

const arms = (...weights: number[]) =>
  weights.map((weight, index) => ({ version: index + 1, weight }));

const split = (registry: Registry, ...weights: number[]) =>
  say<{ id: string; ranges: object[] }>(registry, "PUT", at("p", "/labels/production/split"), {
    arms: arms(...weights),
  });

/** Two versions of `p` whose label production is split and was split otherwise before. */
async function withSplit(): Promise<{ source: Registry; live: { id: string; ranges: object[] } }> {
  const source = await fresh();
  await create(source, { name: "p", prompt: "one", labels: ["production"] });
  await create(source, { name: "p", prompt: "two" });
  await split(source, 9_000, 1_000);
  await split(source, 5_000, 5_000);
  return { source, live: (await split(source, 7_500, 2_500)).json };
}

type Ledger = { data: { kind: string; from: number; to: number; cause: object | null }[] };
const ledger = async (registry: Registry) =>
  (await say<Ledger>(registry, "GET", at("p", "/deployments"))).json.data;

describe("an export with a live split", () => {
  it("comes back live: the same id and slots, so that every key keeps its arm", async ({
    expect,
  }) => {
    const { source, live } = await withSplit();
    const target = await fresh();
    const res = await bring(target, await exported(source));
    expect(res.json).toMatchObject({ splits: 1, errors: [] });
    const here = await say(target, "GET", at("p", "/labels/production/split"));
    expect(here.json).toEqual(live);
    expect(comparable(await exported(target))).toEqual(comparable(await exported(source)));
    const again = await bring(target, await exported(source));
    expect(again.json).toMatchObject({ prompts: 0, splits: 0, errors: [] });
    await target.settle();
    await source.settle();
    const armOf = async (registry: Registry, key: string) =>
      (await say(registry, "GET", `${PROMPTS}/p?targetingKey=${key}`)).json["version"];
    const keys = Array.from({ length: 24 }, (_, i) => `user-${i}`);
    const there = await Promise.all(keys.map((key) => armOf(source, key)));
    expect(new Set(there)).toEqual(new Set([1, 2]));
    expect(await Promise.all(keys.map((key) => armOf(target, key)))).toEqual(there);
  });

  it("begins after the moves of this import where no ledger comes along", async ({ expect }) => {
    const { source, live } = await withSplit();
    const all = await exported(source);
    const target = await fresh();
    const res = await bring(
      target,
      all.filter((line) => !line.includes('"kind":"deployment"')),
    );
    expect(res.json.errors).toEqual([]);
    expect((await ledger(target)).map(({ kind }) => kind)).toEqual(["split", "move"]);
    expect((await ledger(target))[0]).toMatchObject({
      cause: { split: live.id, event: "started", arms: arms(7_500, 2_500) },
    });
    const third = await fresh();
    expect((await bring(third, await exported(target))).json.errors).toEqual([]);
  });

  it("ends where only its ledger comes along", async ({ expect }) => {
    const { source } = await withSplit();
    const all = await exported(source);
    const target = await fresh();
    const res = await bring(
      target,
      all.filter((line) => !line.includes('"kind":"split"')),
    );
    expect(res.json).toMatchObject({ splits: 0, errors: [] });
    expect((await ledger(target))[0]).toMatchObject({ from: 1, to: 1, cause: { event: "ended" } });
    expect((await say(target, "GET", at("p", "/labels/production/split"))).status).toBe(404);
  });

  it("takes later weights of the same split, and not another split in its place", async ({
    expect,
  }) => {
    const { source } = await withSplit();
    const target = await fresh();
    await bring(target, await exported(source));
    const { json: later } = await split(source, 1_000, 9_000);
    expect((await bring(target, await exported(source))).json).toMatchObject({ splits: 1 });
    const here = await say(target, "GET", at("p", "/labels/production/split"));
    expect(here.json["ranges"]).toEqual(later.ranges);
    await say(source, "DELETE", at("p", "/labels/production/split"));
    await split(source, 2_000, 8_000);
    const all = await exported(source);
    const refused = await bring(target, all);
    const line = all.findIndex((text) => text.includes('"kind":"split"')) + 1;
    const message = "label 'production' of 'p' has another split here; end it first";
    expect(refused.json.errors).toEqual([{ line, message }]);
  });
});

describe("what a project chose", () => {
  it("is added to what the other project has: its own configs and prices stay", async ({
    expect,
  }) => {
    const target = await fresh();
    const own = { ...RANGE, id: "scc_own" };
    await changeSettings(target.scope, { scoreConfigs: [own, { ...TONE, name: "old" }] });
    await setPrices(target.scope, [
      { model: "acme-1", validFrom: "1970-01-01T00:00:00Z", usdPerMillion: { input: 9 } },
      { model: "mine", validFrom: "1970-01-01T00:00:00Z", usdPerMillion: { input: 3 } },
    ]);
    const res = await bring(target, await exported(await filled()));
    expect(res.json).toMatchObject({ settings: true, scoreConfigs: 2, prices: 2, errors: [] });
    const here = comparable(await exported(target));
    const of = (kind: string) => here.filter((line) => line["kind"] === kind);
    expect(of("scoreConfig").map(({ config }) => config)).toEqual([own, TONE, RANGE]);
    expect(of("price").map(({ model, usdPerMillion }) => [model, usdPerMillion])).toEqual([
      ["acme-*", { input: 1.5, output: 2 }],
      ["acme-1", { input: 1 }],
      ["mine", { input: 3 }],
    ]);
  });

  it("is changed by who may, and the lines that would are named to the others", async ({
    expect,
  }) => {
    const all = await exported(await filled());
    const target = await fresh();
    const writer = target.with({ grants: ["scores", "read", "write"] });
    const refused = await bring(writer, all);
    expect(refused.json).toMatchObject({ settings: false, scoreConfigs: 2, prices: 0 });
    expect(refused.json.errors).toEqual([
      { line: 2, message: "settings are changed by keys with the scope admin only" },
      { line: 5, message: "prices are changed by keys with the scope admin only" },
      { line: 6, message: "prices are changed by keys with the scope admin only" },
    ]);
    await bring(target, all);
    expect((await bring(writer, all)).json.errors).toEqual([]);
  });

  it("is told to the audit", async ({ expect }) => {
    const target = await fresh();
    const price = { kind: "price", model: "acme-1", usdPerMillion: { input: 1 } };
    await bring(target, lines(price));
    await bring(target, lines(price));
    const rows = await selectAudit(target.scope, { action: "import.run", limit: 10 });
    expect(rows.map(({ detail }) => detail)).toEqual([expect.objectContaining({ prices: 1 })]);
  });

  it("has room for so many prices", async ({ expect }) => {
    const price = (n: number) => ({ kind: "price", model: `m-${n}`, usdPerMillion: { input: n } });
    const res = await bring(
      await fresh(),
      lines(...Array.from({ length: 501 }, (_, n) => price(n))),
    );
    expect(res.json.prices).toBe(500);
    expect(res.json.errors).toEqual([
      { line: 501, message: "a project may set at most 500 prices" },
    ]);
  });
});

describe("POST /api/public/import", () => {
  const good = { kind: "version", name: "good", version: 1, type: "text", prompt: "fine" };
  const splitLine = (change: object) => ({
    kind: "split",
    name: "p",
    label: "production",
    id: "spl_1",
    arms: arms(10_000, 0),
    ranges: [{ version: 1, from: 0, to: 10_000 }],
    startedAt: "2026-01-01T00:00:00Z",
    changedAt: "2026-01-01T00:00:00Z",
    ...change,
  });

  it.for([
    { why: "no JSON", line: "{", message: "is not JSON" },
    { why: "no known kind", line: { kind: "x" }, message: "kind" },
    { why: "another format", line: { kind: "promptside", format: 2 }, message: "format 1 only" },
    { why: "a bad name", line: { ...good, name: "/x" }, message: "name: must not begin" },
    { why: "version 0", line: { ...good, name: "p", version: 0 }, message: "version: " },
    {
      why: "bad content",
      line: { ...good, name: "p", type: "chat" },
      message: "prompt: a chat prompt",
    },
    {
      why: "a bad message",
      line: { ...good, name: "p", type: "chat", prompt: [{ role: "user" }] },
      message: "prompt.0.content: ",
    },
    {
      why: "a label on nothing",
      line: { kind: "label", name: "p", label: "production", version: 3 },
      message: "'p' has no version 3",
    },
    {
      why: "a price of nothing",
      line: { kind: "price", model: "m", usdPerMillion: {} },
      message: "usdPerMillion: must price at least one kind",
    },
    {
      why: "a score config of another kind than it says",
      line: { kind: "scoreConfig", config: { ...TONE, dataType: "NUMERIC" } },
      message: "config.categories: only a CATEGORICAL config has categories",
    },
    {
      why: "a split with a slot that nobody has",
      line: splitLine({ ranges: [{ version: 1, from: 1, to: 10_000 }] }),
      message: "ranges: must hold the slots 0 to 10000 once",
    },
    {
      why: "a split of a label that is not there",
      line: splitLine({}),
      message: "'p' has no label 'production' to split",
    },
    {
      why: "a setting that is none",
      line: { kind: "settings", settings: { retentionDays: 0 } },
      message: "settings.retentionDays: at least 1 day",
    },
  ])("names the line with $why, and takes the others", async ({ line, message }, { expect }) => {
    const registry = await fresh();
    const text = `${JSON.stringify(good)}\n\n${typeof line === "string" ? line : JSON.stringify(line)}`;
    const res = await bring(registry, text);
    expect(res.status).toBe(207);
    expect(res.json.errors).toEqual([
      { line: 3, message: expect.stringContaining(message) as string },
    ]);
    expect(res.json.versions.added).toBe(1);
  });

  it("takes a prompt whole or not at all", async ({ expect }) => {
    const registry = await fresh();
    await create(registry, { name: "p", prompt: "mine" });
    const version = (n: number, prompt: string) => ({ ...good, name: "p", version: n, prompt });
    const conflict = await bring(registry, lines(version(1, "theirs"), version(2, "two")));
    expect(conflict.json.errors).toEqual([
      { line: 1, message: "there is a version 1 of 'p' that says something else" },
    ]);
    expect((await say(registry, "GET", `${PROMPTS}/p?version=2`)).status).toBe(404);
    const type = await bring(registry, lines({ ...version(2, ""), type: "chat", prompt: [] }));
    expect(type.json.errors[0]?.message).toContain("of type chat, the prompt of type text");
    await say(registry, "DELETE", `${PROMPTS}/p`);
    const reused = await bring(registry, lines(version(1, "theirs")));
    expect(reused.json.errors[0]?.message).toContain("not above 1");
  });

  it("refuses a ledger that is no chain, lies in the future, or ends elsewhere than the labels", async ({
    expect,
  }) => {
    const registry = await fresh();
    const deployment = {
      kind: "deployment",
      name: "good",
      id: "dep_1",
      label: "production",
      from: null,
      to: 2,
      actor: { kind: "key", id: "k" },
      reason: null,
      at: "2026-01-01T00:00:00Z",
    };
    const label = { kind: "label", name: "good", label: "production", version: 1 };
    const res = await bring(registry, lines(good, label, deployment));
    expect(res.json.errors).toEqual([
      { line: 3, message: "this ledger leaves 'production' of 'good' on 2, not on 1" },
    ]);
    const fault = async (change: object) =>
      (await bring(registry, lines(good, label, { ...deployment, to: 1, ...change }))).json
        .errors[0]?.message;
    expect(await fault({ from: 2 })).toContain("finds 'production' of 'good' on 2");
    expect(await fault({ at: "2030-01-01T00:00:00Z" })).toBe("at: is in the future");
    expect(await fault({})).toBeUndefined();
  });

  it("moves protected labels, and sets settings, only by an admin key", async ({ expect }) => {
    const registry = await fresh();
    await changeSettings(registry.scope, { protectedLabels: ["production"] });
    const writer = registry.with({ grants: ["scores", "read", "write"] });
    const text = lines(
      good,
      { kind: "label", name: "good", label: "production", version: 1 },
      { kind: "settings", settings: { protectedLabels: [] } },
      { ...good, name: "other" },
    );
    const refused = await bring(writer, text);
    expect(refused.json.errors.map(({ line }) => line)).toEqual([1, 3]);
    expect(refused.json.errors[0]?.message).toContain("label 'production' of 'good' is protected");
    expect(refused.json.versions.added).toBe(1);
    expect((await bring(registry, text)).status).toBe(200);
  });

  it("never keeps what a line says beside its format", async ({ expect }) => {
    const res = await bring(await fresh(), lines({ ...good, projectId: "prj_other", id: "x" }));
    expect(res.json).toMatchObject({ versions: { added: 1 }, errors: [] });
  });

  it("400 for what is no UTF-8", async ({ expect }) => {
    const registry = await fresh();
    const res = await registry.call("POST", "/api/public/import", {
      body: String.fromCharCode(0xd800),
      headers: { "content-encoding": "br" },
    });
    expect(res.status).toBe(400);
  });
});
