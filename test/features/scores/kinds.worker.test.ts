import { describe, it } from "vitest";

import { refusedKinds } from "../../../src/features/scores/index.ts";
import { KEPT_DAYS, MAX_KINDS } from "../../../src/features/scores/kinds/kind.ts";
import { now } from "../../../src/platform/clock.ts";
import { openRegistry } from "../../../src/platform/db.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { broken } from "../../support/registry.ts";
import { freshScope } from "../../support/scope.ts";
import { ago, event, lab } from "../ingest/reads/lab.ts";

type Answer = { successes: { id: string }[]; errors: { id: string; message: string }[] };

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const score = (name: string, change: object = {}) => ({
  name,
  source: "API" as const,
  dataType: "NUMERIC" as const,
  ...change,
});

const named = async (scope: Scope, scores: ReturnType<typeof score>[]): Promise<string[]> =>
  [...(await refusedKinds(scope, scores)).refused].map(({ name }) => name);

/** The same project seen by an isolate that remembers nothing: its memory has an hour. */
const later = (scope: Scope, days: number): Scope => ({
  ...scope,
  now: new Date(scope.now.getTime() + days * 86_400_000),
});

describe("kinds of scores", () => {
  it("are taken up to a limit, at ingestion, and each one beyond is named", async ({ expect }) => {
    const own = await lab();
    const send = async (from: number, count: number): Promise<Answer> => {
      const events = numbers(count).map((i) =>
        event("score-create", {
          id: `s-${from + i}`,
          traceId: "t",
          name: `metric ${from + i}`,
          value: 1,
          timestamp: ago(60_000),
        }),
      );
      return (await own.ingest(...events)).json as Answer;
    };
    expect((await send(0, MAX_KINDS - 10)).errors).toEqual([]);
    const mixed = await send(MAX_KINDS - 20, 40);
    expect(mixed.successes).toHaveLength(20);
    expect(mixed.errors).toHaveLength(20);
    expect(mixed.errors[0]?.message).toMatch(/^name: the project uses 200 kinds of scores/);
    expect((await send(0, MAX_KINDS)).errors).toEqual([]);
    const refused = await own.request("POST", "/api/public/scores", {
      traceId: "t",
      name: "one more",
      value: 1,
    });
    expect(refused.status).toBe(400);
    expect(refused.json).toMatchObject({ issues: [{ path: "name" }] });
    const deleted = await own.request("DELETE", "/api/public/scores/s-0");
    expect(deleted.status).toBe(204);
  });

  it("do not count what shares a place in buckets anyway: sentences, ids", async ({ expect }) => {
    const scope = freshScope(now());
    const ids = numbers(2 * MAX_KINDS).map((i) => score(`run 20261122-${100_000 + i}`));
    expect(await named(scope, ids)).toEqual([]);
    expect(await named(scope, [score("fine")])).toEqual([]);
  });

  it("are name, source and data type", async ({ expect }) => {
    const scope = freshScope(now());
    await named(
      scope,
      numbers(MAX_KINDS - 1).map((i) => score(`m ${i}`)),
    );
    const three = [
      score("same"),
      score("same", { source: "EVAL" }),
      score("same", { dataType: "BOOLEAN" }),
    ];
    const { refused } = await refusedKinds(scope, three);
    expect([...refused]).toEqual(three.slice(1));
  });

  it("share the room when requests come at once", async ({ expect }) => {
    const scope = freshScope(now());
    const requests = numbers(8).map((r) =>
      named(
        scope,
        numbers(50).map((i) => score(`r${r} m${i}`)),
      ),
    );
    const refused = (await Promise.all(requests)).flat();
    expect(refused).toHaveLength(8 * 50 - MAX_KINDS);
  });

  it("make room when nobody sends them for a while, and not as long as somebody does", async ({
    expect,
  }) => {
    const scope = freshScope(now());
    const all = numbers(MAX_KINDS).map((i) => score(`m ${i}`));
    await named(scope, all);
    expect(await named(later(scope, KEPT_DAYS - 10), [score("new")])).toEqual(["new"]);
    const used = all.slice(0, MAX_KINDS - 1);
    expect(await named(later(scope, KEPT_DAYS - 9), used)).toEqual([]);
    expect(await named(later(scope, KEPT_DAYS + 1), [score("new"), score("next")])).toEqual([
      "next",
    ]);
  });

  it("are not asked for while D1 is down: everything is taken", async ({ expect }) => {
    const scope = freshScope(now());
    const down = { ...scope, db: openRegistry(broken("DB")) };
    const many = numbers(MAX_KINDS + 5).map((i) => score(`m ${i}`));
    expect(await named(down, many)).toEqual([]);
  });
});
