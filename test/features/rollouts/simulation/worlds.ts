import { ended, type Ending, medianMinutes, shareOf, type World } from "./play.ts";
import { SAME } from "./traffic.ts";

/** The usual ladder, and the traffic that is usual here. */
const PLAIN = {
  senders: { unit: "request" },
  perHour: 400,
  hasIncidents: false,
  dailySwing: 0,
  candidate: SAME,
  stages: [0.05, 0.25, 0.5].map((share) => ({ share, minMinutes: 120 })),
} as const satisfies World;

const HOUR = 60;

/** What must be true of a world, in words and as a question to its endings. */
export type Limit = { text: string; holds: (endings: readonly Ending[]) => boolean };
export type Named = { name: string; world: World; limits: readonly Limit[] };

const atMost = (share: number, state: Ending["state"], text: string): Limit => ({
  text: `${text} ≤ ${100 * share} %`,
  holds: (endings) => shareOf(endings, ended(state)) <= share,
});

const UNDISTURBED = [
  atMost(0.025, "rolled_back", "rolled back"),
  atMost(0.02, "held", "held"),
] as const;

/** The same in SDKs that keep what they fetched. */
export const caching = (processes: number): Named => ({
  name: `no difference; ${processes} caching process${processes === 1 ? "" : "es"}, three incidents a day`,
  world: { ...PLAIN, senders: { unit: "process", processes }, hasIncidents: true },
  limits: UNDISTURBED,
});

/** A version that does not differ, on the usual ladder. */
export const INDEPENDENT: Named = {
  name: "no difference; independent requests",
  world: PLAIN,
  limits: UNDISTURBED,
};

export const STICKY: Named = {
  name: "no difference; sticky users, 10 generations each, ICC 0.2",
  world: { ...PLAIN, senders: { unit: "key", callsPerUser: 10, icc: 0.2 } },
  limits: UNDISTURBED,
};

/** Shares that grow by the half-day while latency swings with the day. */
export const RAMP: Named = {
  name: "no difference; 5 → 25 → 50 % in steps of 12 h, latency swings ±25 % a day",
  world: {
    ...PLAIN,
    dailySwing: 0.25,
    stages: [0.05, 0.25, 0.5].map((share) => ({ share, minMinutes: 12 * HOUR })),
  },
  limits: [atMost(0.06, "rolled_back", "rolled back")],
};

/** A version that takes 15 % longer, at half of the traffic: 200 an hour per arm. */
export const SLOWER: Named = {
  name: "latency ×1.15; independent requests, 50:50",
  world: {
    ...PLAIN,
    candidate: { ...SAME, latencyFactor: 1.15 },
    stages: [{ share: 0.5, minMinutes: 2 * HOUR }],
  },
  limits: [
    {
      text: "rolled back within 6 h ≥ 95 %",
      holds: (endings) =>
        shareOf(endings, (one) => ended("rolled_back")(one) && one.minutes <= 6 * HOUR) >= 0.95,
    },
  ],
};

const broken: World = {
  ...PLAIN,
  candidate: { ...SAME, errorRate: 1 },
  stages: [{ share: 0.1, minMinutes: 2 * HOUR }],
};

const outWithin = (minutes: number): Limit => ({
  text: `half of them out in ≤ ${minutes} min`,
  holds: (endings) => (medianMinutes(endings.filter(ended("rolled_back"))) ?? Infinity) <= minutes,
});

/** A version of which every call fails, at a tenth of the traffic. */
export const BROKEN: Named = {
  name: "every call fails; independent requests, 10:90",
  world: broken,
  limits: [outWithin(15)],
};

/** The same where only the emergency rule can be quick. */
export const BROKEN_IN_PROCESSES: Named = {
  name: "every call fails; 4 caching processes, 10:90",
  world: { ...broken, senders: { unit: "process", processes: 4 } },
  limits: [outWithin(60)],
};

export const WORLDS: readonly Named[] = [
  INDEPENDENT,
  ...[1, 2, 4, 16].map(caching),
  STICKY,
  RAMP,
  SLOWER,
  BROKEN,
  BROKEN_IN_PROCESSES,
];
