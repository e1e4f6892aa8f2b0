import { describe, it } from "vitest";

import { readReport } from "../../../src/features/reports/actions.ts";
import { advance, PROMPTS_PER_RUN } from "../../../src/features/reports/make/actions.ts";
import {
  findReport,
  insertReport,
  openPrompts,
  saveSection,
} from "../../../src/features/reports/store.ts";
import { openRegistry } from "../../../src/platform/db.ts";
import { exampleSections } from "./example.ts";
import { lab, MONDAY, oneOfEach, plant, tellMove } from "./lab.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = new Date("2026-11-23T08:30:00Z");
const WEEK = { firstDay: "2026-11-16", lastDay: "2026-11-22", timeZone: "UTC" };

/** A database that tells how many statements it is given. */
function countedD1(db: D1Database, told: () => void): D1Database {
  return {
    prepare: (sql: string) => {
      told();
      return db.prepare(sql);
    },
    batch: (statements: D1PreparedStatement[]) => db.batch(statements),
  } as unknown as D1Database;
}

describe("a report", () => {
  it("asks the databases a bounded number of things in a run, whatever the prompts went through", async ({
    expect,
  }) => {
    const on = await lab(NOW);
    const scope = on.scopeAt(NOW);
    const names = Array.from({ length: PROMPTS_PER_RUN + 1 }, (_, i) => `busy${i}`);
    const versions = Array.from({ length: 30 }, (_, i) => i + 1);
    await plant(
      scope,
      names.flatMap((prompt) =>
        versions.flatMap((version) =>
          [-3, 2].map((day) => ({ prompt, version, atMs: MONDAY + day * DAY_MS, latencyMs: 10 })),
        ),
      ),
    );
    for (const prompt of names) {
      for (const to of versions.slice(1)) {
        await tellMove(scope, new Date(MONDAY + to * HOUR_MS), { prompt, from: to - 1, to });
      }
    }
    const { id } = await insertReport(scope, { ...WEEK, kind: "weekly", notify: true });
    await advance(scope, id);
    let statements = 0;
    const counted = (db: D1Database) => countedD1(db, () => void statements++);
    const DB = counted(on.env.DB);
    await advance(
      {
        ...scope,
        env: { ...on.env, DB },
        db: openRegistry(DB),
        shards: scope.shards.map(counted),
      },
      id,
    );
    const { progress } = await readReport(scope, id);
    expect(progress).toEqual({ done: PROMPTS_PER_RUN, total: PROMPTS_PER_RUN + 1 });
    // 30 versions, 29 deployments and two shards: far more than a prompt's usual week.
    expect(statements).toBeLessThan(600);
  });

  it("holds as many prompts as can be shown, and says how many it left out", async ({ expect }) => {
    const on = await lab(NOW);
    const scope = on.scopeAt(NOW);
    await plant(scope, oneOfEach(220));
    const quarter = { firstDay: "2026-08-23", lastDay: "2026-11-22", timeZone: "UTC" };
    const { id } = await insertReport(scope, { ...quarter, kind: "custom", notify: false });
    await advance(scope, id);
    expect((await readReport(scope, id)).progress).toEqual({ done: 0, total: 217 });
    // Worked out elsewhere: what is tested here is that all of them are read again.
    const row = await findReport(scope, id);
    const [section] = exampleSections();
    if (!row || !section) throw new Error("there is no report or no section");
    for (const prompt of await openPrompts(scope, id, 217)) {
      await saveSection(scope, row, { ...section, prompt });
    }
    await advance(scope, id);
    const { content } = await readReport(scope, id);
    expect(content?.prompts).toHaveLength(217);
    expect(content?.omitted).toBe(3);
    expect(content?.totals.count).toBe(217 * section.totals.count);
  });
});
