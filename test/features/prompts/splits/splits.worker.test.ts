import { describe, it } from "vitest";

import { changeSettings } from "../../../../src/features/projects/index.ts";
import { armOf, reallocate, slotOf } from "../../../../src/lib/split/split.ts";
import { freshProject } from "../../../support/project.ts";
import { freshRegistry, type Registry, registryOf } from "../../../support/registry.ts";

type Split = {
  id: string;
  version: number;
  arms: { version: number; weight: number }[];
  ranges: { version: number; from: number; to: number }[];
  startedAt: string;
  changedAt: string;
};

const V2 = "/api/public/v2/prompts";
const LABEL = "/api/public/prompts/p/labels/production";

/** A prompt `p` of three versions with `production` on the first. */
async function prompt(registry = freshRegistry()): Promise<Registry> {
  for (const [text, labels] of [
    ["one", ["production"]],
    ["two", ["staging"]],
    ["three", []],
  ] as const) {
    await registry.call("POST", V2, { body: { name: "p", prompt: text, labels } });
  }
  return registry;
}

const arms = (...weights: [number, number][]) =>
  weights.map(([version, weight]) => ({ version, weight }));

const put = ({ call }: Registry, list: unknown, path = LABEL) =>
  call("PUT", `${path}/split`, { body: { arms: list, reason: "try it" } });

async function split(registry: Registry, list: unknown): Promise<Split> {
  const res = await put(registry, list);
  if (res.status !== 200) throw new Error(await res.text());
  return res.json<Split>();
}

const ledger = async ({ call }: Registry, query = "") =>
  (
    await (
      await call("GET", `/api/public/prompts/p/deployments${query}`)
    ).json<{
      data: { kind: string; from: number; to: number; reason: string; cause: unknown }[];
    }>()
  ).data;

describe("PUT and DELETE .../labels/{label}/split", () => {
  it("starts a split: contiguous ranges, an id, the control among the arms", async ({ expect }) => {
    const registry = await prompt();
    const started = await split(registry, arms([1, 9_000], [2, 1_000]));
    expect(started).toMatchObject({
      name: "p",
      label: "production",
      version: 1,
      arms: arms([1, 9_000], [2, 1_000]),
      ranges: [
        { version: 1, from: 0, to: 9_000 },
        { version: 2, from: 9_000, to: 10_000 },
      ],
    });
    expect(started.id).toMatch(/^spl_[0-9a-z]{25}$/);
    expect(await (await registry.call("GET", `${LABEL}/split`)).json()).toEqual(started);
  });

  it("keeps the id and as many slots as it can when weights change; a new split has a new id", async ({
    expect,
  }) => {
    const registry = await prompt();
    const first = await split(registry, arms([1, 9_000], [2, 1_000]));
    const second = await split(registry, arms([1, 4_000], [2, 3_000], [3, 3_000]));
    expect(second.id).toBe(first.id);
    const ranges = (of: Split) =>
      of.ranges.map(({ version: arm, from, to }) => ({ arm, from, to }));
    const shares = second.arms.map(({ version: arm, weight }) => ({ arm, weight }));
    expect(ranges(second)).toEqual(reallocate(ranges(first), shares));
    for (let user = 0; user < 300; user++) {
      const slot = await slotOf(first.id, `user-${user}`);
      if (armOf(ranges(first), slot) === 2) expect(armOf(ranges(second), slot)).toBe(2);
    }
    expect((await registry.call("DELETE", `${LABEL}/split`)).status).toBe(200);
    expect((await registry.call("GET", `${LABEL}/split`)).status).toBe(404);
    expect((await registry.call("DELETE", `${LABEL}/split`)).status).toBe(404);
    expect((await split(registry, arms([1, 9_000], [2, 1_000]))).id).not.toBe(first.id);
  });

  it("writes starts, changes and ends into the ledger, and the same weights again not at all", async ({
    expect,
  }) => {
    const registry = await prompt();
    const { id } = await split(registry, arms([1, 9_000], [2, 1_000]));
    await split(registry, arms([2, 1_000], [1, 9_000]));
    await split(registry, arms([1, 5_000], [2, 5_000]));
    await registry.call("DELETE", `${LABEL}/split?reason=enough`);
    const rows = await ledger(registry, "?kind=split");
    expect(
      rows.map(({ kind, from, to, reason, cause }) => [kind, from, to, reason, cause]),
    ).toEqual([
      ["split", 1, 1, "enough", { split: id, event: "ended", arms: arms([1, 5_000], [2, 5_000]) }],
      [
        "split",
        1,
        1,
        "try it",
        { split: id, event: "changed", arms: arms([1, 5_000], [2, 5_000]) },
      ],
      [
        "split",
        1,
        1,
        "try it",
        { split: id, event: "started", arms: arms([1, 9_000], [2, 1_000]) },
      ],
    ]);
    expect(await ledger(registry)).toHaveLength(3 + 2);
    expect(await ledger(registry, "?kind=move")).toHaveLength(2);
    expect(await ledger(registry, "?kind=dependency")).toHaveLength(0);
  });

  it.for([
    ["no arms", [], "arms"],
    ["one arm", arms([1, 10_000]), "arms"],
    ["weights that do not sum up", arms([1, 9_000], [2, 999]), "arms"],
    [
      "a weight that is no whole number",
      [
        { version: 1, weight: 9_999.5 },
        { version: 2, weight: 0.5 },
      ],
      "arms.0.weight",
    ],
    ["a negative weight", arms([1, 10_001], [2, -1]), "arms.0.weight"],
    ["a version twice", arms([1, 5_000], [1, 5_000]), "arms.1.version"],
    ["a version that does not exist", arms([1, 5_000], [9, 5_000]), "arms.1.version"],
    ["arms without the control", arms([2, 5_000], [3, 5_000]), "arms"],
  ] as const)("refuses %s and names the field", async ([, list, path], { expect }) => {
    const res = await put(await prompt(), list);
    expect(res.status).toBe(400);
    const { issues } = await res.json<{ issues: { path: string }[] }>();
    expect(issues.map((issue) => issue.path)).toContain(path);
  });

  it("knows no split of latest, of a label or of a prompt that does not exist", async ({
    expect,
  }) => {
    const registry = await prompt();
    const list = arms([1, 5_000], [3, 5_000]);
    const latest = await put(registry, list, "/api/public/prompts/p/labels/latest");
    expect(latest.status).toBe(400);
    expect(await latest.json()).toMatchObject({
      message: expect.stringContaining("latest moves with each new version") as string,
    });
    expect((await put(registry, list, "/api/public/prompts/p/labels/gone")).status).toBe(404);
    expect((await put(registry, list, "/api/public/prompts/q/labels/production")).status).toBe(404);
  });

  it("is for admin keys where the label is protected, as a move is", async ({ expect }) => {
    const { scope } = await freshProject();
    await changeSettings(scope, { protectedLabels: ["production"] });
    const admin = await prompt(registryOf(scope));
    const writer = admin.with({ grants: ["scores", "read", "write"] });
    const refused = await put(writer, arms([1, 5_000], [2, 5_000]));
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      message: expect.stringContaining("label 'production' of 'p' is protected") as string,
    });
    expect((await put(admin, arms([1, 5_000], [2, 5_000]))).status).toBe(200);
    expect((await writer.call("DELETE", `${LABEL}/split`)).status).toBe(403);
  });

  it("gives one table when rivals start and change it at once", async ({ expect }) => {
    const registry = await prompt();
    const answers = await Promise.all(
      [1_000, 2_000, 3_000, 4_000, 5_000].map((weight) =>
        put(registry, arms([1, 10_000 - weight], [2, weight])),
      ),
    );
    const ids = await Promise.all(answers.map(async (res) => (await res.json<Split>()).id));
    expect(new Set(ids).size).toBe(1);
    const rows = await ledger(registry, "?kind=split");
    expect(
      rows.filter(({ cause }) => (cause as { event: string }).event === "started"),
    ).toHaveLength(1);
    expect(rows).toHaveLength(5);
  });
});

describe("a live split", () => {
  const MOVES: [string, string, string, unknown][] = [
    ["PATCH of labels", "PATCH", `${V2}/p/versions/2`, { newLabels: ["production"] }],
    [
      "a new version with the label",
      "POST",
      V2,
      { name: "p", prompt: "x", labels: ["production"] },
    ],
    ["PUT of the label", "PUT", LABEL, { version: 3 }],
    ["removal of the label", "DELETE", LABEL, undefined],
    ["deletion of the control", "DELETE", `${V2}/p?version=1`, undefined],
    ["deletion of an arm", "DELETE", `${V2}/p?version=2`, undefined],
    ["deletion of the prompt", "DELETE", `${V2}/p`, undefined],
  ];

  it.for(MOVES)(
    "refuses the %s with 409 unless forced, which ends it",
    async ([, method, path, body], { expect }) => {
      const registry = await prompt();
      const { id } = await split(registry, arms([1, 5_000], [2, 5_000]));
      const refused = await registry.call(method, path, { body });
      expect(refused.status).toBe(409);
      expect(await refused.json()).toMatchObject({
        message: expect.stringContaining("label 'production' of 'p' is split") as string,
      });
      expect((await registry.call("GET", `${LABEL}/split`)).status).toBe(200);

      const query = path.includes("?") ? "&force=true" : "?force=true";
      const forced = await registry.call(method, path + query, { body });
      expect(forced.status).toBeLessThan(300);
      const [ended] = await ledger(registry, "?kind=split");
      expect(ended).toMatchObject({ from: 1, to: 1, cause: { split: id, event: "ended" } });
      expect((await registry.call("GET", `${LABEL}/split`)).status).toBe(404);
    },
  );

  it("takes force in the body of a move and of a rollback too", async ({ expect }) => {
    const registry = await prompt();
    await split(registry, arms([1, 5_000], [2, 5_000]));
    const moved = await registry.call("PUT", LABEL, { body: { version: 2, force: true } });
    expect(moved.status).toBe(200);
    await split(registry, arms([1, 5_000], [2, 5_000]));
    expect((await registry.call("POST", `${LABEL}/rollback`)).status).toBe(409);
    const back = await registry.call("POST", `${LABEL}/rollback`, { body: { force: true } });
    expect(await back.json()).toMatchObject({ version: 1, previousVersion: 2 });
  });

  it("does not mind what leaves it alone: other labels, other versions, tags, a move to where it is", async ({
    expect,
  }) => {
    const registry = await prompt();
    const before = await split(registry, arms([1, 5_000], [2, 5_000]));
    for (const [method, path, body] of [
      ["PATCH", `${V2}/p/versions/3`, { newLabels: ["staging"] }],
      ["PATCH", `${V2}/p/versions/1`, { newLabels: ["production"] }],
      ["POST", V2, { name: "p", prompt: "four", tags: ["new"] }],
      ["DELETE", `${V2}/p?version=3`, undefined],
    ] as const) {
      expect((await registry.call(method, path, { body })).status).toBeLessThan(300);
    }
    expect(await (await registry.call("GET", `${LABEL}/split`)).json()).toEqual(before);
  });

  it("is not seen by another project", async ({ expect }) => {
    await split(await prompt(), arms([1, 5_000], [2, 5_000]));
    expect((await freshRegistry().call("GET", `${LABEL}/split`)).status).toBe(404);
  });
});
