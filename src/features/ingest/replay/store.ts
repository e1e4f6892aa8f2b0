/** An accepted object that nobody will try again by itself, and why. */
export type Parked = { project: number; object: string; error: string };

/** The next parked objects in the order of project and name. */
export async function parkedAfter(
  shard: D1Database,
  { project, object, limit }: { project: number; object: string; limit: number },
): Promise<Parked[]> {
  const { results } = await shard
    .prepare(
      `SELECT project, name AS object, error FROM object
       WHERE (project, name) > (?1, ?2) AND error IS NOT NULL ORDER BY project, name LIMIT ?3`,
    )
    .bind(project, object, limit)
    .all<Parked>();
  return results;
}

export const countParked = async (shard: D1Database): Promise<number> =>
  (await shard
    .prepare("SELECT count(*) AS n FROM object WHERE error IS NOT NULL")
    .first<number>("n")) ?? 0;
