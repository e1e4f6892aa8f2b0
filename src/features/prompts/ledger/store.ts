import type { Scope } from "../../../platform/scope.ts";
import { type LabelMove, labelsThen, type VersionInstant } from "./history.ts";

/** A label of a prompt at an instant, in milliseconds since 1970. */
export type LabelInstant = { name: string; label: string; atMs: number };

/** Length of a JSON parameter, in UTF-16 code units; D1 allows 2 MB. */
const MAX_PARAMETER = 500_000;

function chunks(asked: readonly LabelInstant[]): string[] {
  const parts: LabelInstant[][] = [[]];
  let size = 0;
  for (const one of asked) {
    const length = JSON.stringify(one).length + 1;
    if (size + length > MAX_PARAMETER) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(one);
    size += length;
  }
  return parts.map((part) => JSON.stringify(part));
}

/** The last thing the ledger said of the label at the instant; `and` narrows to some of its rows. */
const lastSaid = (column: string, and = ""): string => `(
  SELECT ${column} FROM deployment d
  WHERE d.project = ?2 AND d.name = k.value ->> 'name' AND d.label = k.value ->> 'label'
    AND d.at <= k.value ->> 'atMs' ${and}
  ORDER BY d.at DESC, d.seq DESC LIMIT 1)`;

const SPLIT_EVENT = lastSaid("d.cause ->> '$.event'", "AND d.cause ->> '$.split' IS NOT NULL");

/**
 * Which version labels stood for, in the order asked, from the ledger: null where the label did not
 * exist, was taken away, or was split between versions. Labels of deleted prompts are still known.
 */
export async function labelsAt(
  { env, projectId }: Scope,
  asked: readonly LabelInstant[],
): Promise<(number | null)[]> {
  const parts = chunks(asked);
  const answers = await Promise.all(
    parts.map((part) =>
      env.DB.prepare(
        `SELECT CASE WHEN ${SPLIT_EVENT} <> 'ended' THEN NULL
           ELSE ${lastSaid("d.to_version")} END AS version
         FROM json_each(?1) k ORDER BY k.key`,
      )
        .bind(part, projectId)
        .all<{ version: number | null }>(),
    ),
  );
  return answers.flatMap(({ results }) => results.map(({ version }) => version));
}

/** Moves that one question reads: the newest of them. */
const MAX_MOVES = 20_000;

/** Answers which labels versions of these prompts had at an instant; what the ledger forgot is none. */
export async function labelHistory(
  { env, projectId }: Scope,
  names: readonly string[],
): Promise<(asked: VersionInstant) => string[]> {
  const { results } = await env.DB.prepare(
    `SELECT d.name, d.label, d.to_version AS "to", d.at AS atMs
     FROM json_each(?1) k CROSS JOIN deployment d ON d.project = ?2 AND d.name = k.value
     ORDER BY d.at DESC, d.seq DESC LIMIT ${MAX_MOVES}`,
  )
    .bind(JSON.stringify(names), projectId)
    .all<LabelMove>();
  return labelsThen(results.toReversed());
}
