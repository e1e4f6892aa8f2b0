import { US_PER_DAY } from "../slots.ts";
import { closeBefore } from "../store.ts";
import { goOn, type Place, placeOn } from "./place.ts";
import {
  deleteClosed,
  deleteOldBuckets,
  forgetObjects,
  nextOwners,
  nextVersions,
  objectsBefore,
  OWNED,
  type Owned,
  type Owner,
  readPlace,
  type VersionKey,
  writePlace,
} from "./store.ts";

const PAGE_VERSIONS = 200;
/** R2 deletes at most this many objects at once. */
const PAGE_OBJECTS = 1000;

export type Retention = {
  now: Date;
  /** Days that a project keeps its rows. */
  daysOf: (project: number) => number;
  /** Projects whose objects the shard records; empty for all shards but the first. */
  projects: readonly number[];
  payloads: R2Bucket;
};

/** Rows of a project before this instant, in µs, may go: the start of a day (UTC). */
export const closedBefore = (now: Date, days: number): number =>
  (Math.floor((now.getTime() * 1000) / US_PER_DAY) - days) * US_PER_DAY;

async function deleteOwners(
  shard: D1Database,
  owned: Owned,
  { now, daysOf, after }: Retention & { after: unknown[] },
): Promise<Owner | undefined> {
  const [project, owner] = after as Partial<Owner>;
  const page = await nextOwners(shard, owned, [project ?? 0, owner ?? ""]);
  const last = page.at(-1);
  if (!last) return undefined;
  const closed = page
    .map((row) => ({ ...row, closedUs: closedBefore(now, daysOf(row.project)) }))
    .filter(({ newest, closedUs }) => newest < closedUs);
  if (closed.length > 0) {
    const projects = new Map(closed.map((row) => [row.project, row.closedUs]));
    await shard.batch([
      // First and in the same transaction: a run that misses a row then also knows why.
      ...[...projects].map(([number, closedUs]) => closeBefore(shard, number, closedUs)),
      ...deleteClosed(
        shard,
        closed.map((row) => [row.project, row.owner, row.closedUs]),
      ),
    ]);
  }
  return [last.project, last.owner];
}

async function deleteBuckets(
  shard: D1Database,
  level: 0 | 1,
  { now, after }: { now: Date; after: unknown[] },
): Promise<VersionKey | undefined> {
  const [project = 0, prompt = "", version = 0] = after as Partial<VersionKey>;
  const versions = await nextVersions(shard, level, {
    after: [project, prompt, version],
    limit: PAGE_VERSIONS,
  });
  if (versions.length === 0) return undefined;
  await deleteOldBuckets(shard, level, { versions, nowUs: now.getTime() * 1000 }).run();
  return versions.at(-1);
}

/** The payloads first: an object whose row remains is only tried again. */
async function deleteObjects(
  shard: D1Database,
  { now, daysOf, projects, payloads, after }: Retention & { after: unknown[] },
): Promise<[number] | undefined> {
  const [done = 0] = after as Partial<[number]>;
  const project = projects.filter((number) => number > done).sort((a, b) => a - b)[0];
  if (project === undefined) return undefined;
  const day = new Date(closedBefore(now, daysOf(project)) / 1000).toISOString().slice(0, 10);
  const names = await objectsBefore(shard, project, {
    name: `in/${day}/`,
    limit: PAGE_OBJECTS,
  });
  if (names.length > 0) {
    await payloads.delete(names);
    await forgetObjects(shard, project, names).run();
  }
  return [names.length < PAGE_OBJECTS ? project : done];
}

async function step(
  shard: D1Database,
  { stage, after }: Place,
  retention: Retention,
): Promise<unknown[] | undefined> {
  switch (stage) {
    case "fiveMinutes":
      return deleteBuckets(shard, 0, { ...retention, after });
    case "hours":
      return deleteBuckets(shard, 1, { ...retention, after });
    case "objects":
      return deleteObjects(shard, { ...retention, after });
    case "done":
      return undefined;
    case "obs":
    case "trace":
    case "score": {
      const owned = OWNED.find(({ table }) => table === stage);
      return owned && deleteOwners(shard, owned, { ...retention, after });
    }
  }
}

/**
 * Walks once a day through a shard and deletes what is past its time: whole traces whose newest row
 * is closed, buckets of the levels that expire, payloads. Bounded; the next run goes on.
 *
 * @returns whether the day's walk has further to go
 */
export async function retain(
  shard: D1Database,
  retention: Retention,
  steps: number,
): Promise<{ more: boolean }> {
  const day = retention.now.toISOString().slice(0, 10);
  let place = placeOn(day, await readPlace(shard));
  for (let i = 0; i < steps && place.stage !== "done"; i++) {
    place = goOn(place, await step(shard, place, retention));
    await writePlace(shard, JSON.stringify(place)).run();
  }
  return { more: place.stage !== "done" };
}
