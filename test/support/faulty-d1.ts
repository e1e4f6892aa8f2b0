/** Stands around every call that reaches a database. */
export type Around = <T>(call: () => Promise<T>) => Promise<T>;

const REAL = Symbol("the statement itself");

function wrapStatement(statement: D1PreparedStatement, around: Around): D1PreparedStatement {
  const wrapped = {
    [REAL]: statement,
    bind: (...values: unknown[]) => wrapStatement(statement.bind(...values), around),
    run: () => around(() => statement.run()),
    all: () => around(() => statement.all()),
    first: (...column: [string?]) =>
      around(() =>
        column[0] === undefined ? statement.first() : statement.first(column[0] as never),
      ),
    raw: (...options: []) => around(() => statement.raw(...options)),
  };
  return wrapped as unknown as D1PreparedStatement;
}

/** A database whose every call goes through `around`, which may wait, or throw before or after it. */
export function faultyD1(db: D1Database, around: Around): D1Database {
  const wrapped = {
    prepare: (sql: string) => wrapStatement(db.prepare(sql), around),
    batch: (statements: D1PreparedStatement[]) =>
      around(() =>
        db.batch(
          statements.map(
            (statement) => (statement as unknown as { [REAL]: D1PreparedStatement })[REAL],
          ),
        ),
      ),
  };
  return wrapped as unknown as D1Database;
}

/** What a crash looks like to whoever made the call. */
export class Crash extends Error {
  override readonly name = "Crash";
}

export const isCrash = (error: unknown): boolean =>
  error instanceof Crash || (error instanceof Error && isCrash(error.cause));

/** The call of that number (from 0) fails, before it is made or after it was; later ones are never made. */
export function crashAt(number: number, when: "before" | "after"): Around {
  let calls = 0;
  return async (call) => {
    const order = calls++ - number;
    if (order > 0 || (order === 0 && when === "before")) throw new Crash("before the call");
    const result = await call();
    if (order === 0) throw new Crash("after the call");
    return result;
  };
}

/**
 * Runs works at once, their database calls one at a time in an order drawn by `random`: every
 * interleaving that several isolates could show, and the same one again for the same numbers.
 */
export async function interleave(
  random: () => number,
  works: readonly ((around: Around) => Promise<unknown>)[],
): Promise<PromiseSettledResult<unknown>[]> {
  const waiting: (() => void)[] = [];
  let calling = 0;
  let finished = 0;
  const around: Around = async (call) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await call();
    } finally {
      calling--;
    }
  };
  const results = works.map((work) =>
    work(around).finally(() => {
      finished++;
    }),
  );
  const settled = Promise.allSettled(results);
  while (finished < works.length) {
    // A turn of the event loop: every work has come to its next call, or to its end.
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (calling > 0 || waiting.length === 0) continue;
    const [next] = waiting.splice(Math.floor(random() * waiting.length), 1);
    calling++;
    next?.();
  }
  return settled;
}

/** Numbers in [0, 1) that follow from a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
