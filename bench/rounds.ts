/** What one round of one side measured. */
export type Round = {
  /** Requests or rows per second: what the ratio compares. */
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** CPU time of the server's processes per request or row. */
  cpuUs: number;
};

export type Sides = { subject: Round[]; peer: Round[] };

/**
 * Measures two sides in turns, each first every other time, so that whatever else the machine
 * does meets both alike.
 */
export async function inTurns(
  rounds: number,
  subject: (round: number) => Promise<Round>,
  peer: (round: number) => Promise<Round>,
): Promise<Sides> {
  const sides: Sides = { subject: [], peer: [] };
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      sides.subject.push(await subject(round));
      sides.peer.push(await peer(round));
    } else {
      sides.peer.push(await peer(round));
      sides.subject.push(await subject(round));
    }
  }
  return sides;
}

/** @throws RangeError for an empty list, which has no median */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError("no values, no median");
  return (lower + upper) / 2;
}

/** The value below which a share of sorted values lies. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const medianRound = (rounds: readonly Round[]): Round => ({
  perSecond: median(rounds.map((round) => round.perSecond)),
  p50Ms: median(rounds.map((round) => round.p50Ms)),
  p99Ms: median(rounds.map((round) => round.p99Ms)),
  cpuUs: median(rounds.map((round) => round.cpuUs)),
});

/** Ratio of the medians of all rounds, and the least and greatest ratio of a single round. */
export type Ratio = { value: number; least: number; greatest: number };

export function ratioOf({ subject, peer }: Sides, of: keyof Round): Ratio {
  const single = subject.map((round, i) => round[of] / (peer[i]?.[of] ?? Number.NaN));
  return {
    value: medianRound(subject)[of] / medianRound(peer)[of],
    least: Math.min(...single),
    greatest: Math.max(...single),
  };
}
