import type { Amount } from "../../../../src/features/rollups/fold/items.ts";
import { CELLS } from "../../../../src/lib/split/cells.ts";
import { normals, poisson, type Uniform } from "../../../lib/stats/draws.ts";

/*
 * Traffic of a prompt while a rollout splits it, as the items that rows would contribute: calls
 * with lognormal latency (median 1 s, sd of ln 0.6) and cost (sd of ln 1), 1 % errors, a judge's
 * score on 30 % of them and a thumb on 20 %, of which 15 % are down.
 */

/** Who sends calls, and so whose calls belong together. */
export type Senders =
  /** Each request fetches the prompt anew. */
  | { unit: "request" }
  /** Processes that serve what they fetched for a minute, and once more while they fetch it again. */
  | { unit: "process"; processes: number }
  /** Users who keep their arm, each with some calls, alike by so much of the variance. */
  | { unit: "key"; callsPerUser: number; icc: number };

export type Traffic = {
  senders: Senders;
  /** Calls of both arms together. */
  perHour: number;
  /** Three provider incidents a day, 5 minutes each: half of all calls fail, the others take twice as long. */
  hasIncidents: boolean;
  /** How much latency swings over a day, as a part of it. */
  dailySwing: number;
  /** How the candidate differs. */
  candidate: { latencyFactor: number; errorRate: number };
};

export const CONTROL = 1;
export const CANDIDATE = 2;
export const ENVIRONMENT = "production";
export const START_MS = Date.UTC(2026, 10, 2);

const ERROR_RATE = 0.01;
export const SAME = { latencyFactor: 1, errorRate: ERROR_RATE };

const US_PER_SECOND = 1e6;
const MINUTES_PER_DAY = 1440;
const INCIDENTS_PER_DAY = 3;
const INCIDENT_MINUTES = 5;

const LN_MEDIAN_LATENCY_US = Math.log(1e6);
const SD_LN_LATENCY = 0.6;
const LN_MEDIAN_COST_NANO_USD = Math.log(2e6);
const JUDGED = 0.3;
const THUMBED = 0.2;
/** The 85th centile of a standard normal. */
const THUMB_DOWN_ABOVE = 1.036_433_389;

/** Calls minute by minute. `shareAt` is what the split says; caches make of it what they will. */
export type Source = (minute: number, share: number, emit: (item: Amount) => void) => void;

type Call = {
  second: number;
  version: number;
  trace: string;
  userCell: number | null;
  /** Standard normal, common to all calls of a user. */
  user: number;
};

type Weather = { failing: boolean; lnSwing: number };

/** Each call's items. */
function caller(traffic: Traffic, uniform: Uniform) {
  const normal = normals(uniform);
  const { senders, candidate } = traffic;
  const icc = senders.unit === "key" ? senders.icc : 0;
  const [ofUser, ofCall] = [Math.sqrt(icc), Math.sqrt(1 - icc)];

  return function call(
    minute: number,
    { second, version, trace, userCell, user }: Call,
    { failing, lnSwing }: Weather,
    emit: (item: Amount) => void,
  ): void {
    const draw = (): number => ofUser * user + ofCall * normal();
    const isCandidate = version === CANDIDATE;
    const failed = uniform() < (failing ? 0.5 : isCandidate ? candidate.errorRate : ERROR_RATE);
    const lnFactor =
      lnSwing + (failing ? Math.LN2 : 0) + (isCandidate ? Math.log(candidate.latencyFactor) : 0);
    const latency = Math.round(Math.exp(LN_MEDIAN_LATENCY_US + lnFactor + SD_LN_LATENCY * draw()));
    const cost = Math.round(Math.exp(LN_MEDIAN_COST_NANO_USD + draw()));
    const startUs = START_MS * 1000 + Math.round((minute * 60 + second) * US_PER_SECOND);
    emit([
      "G",
      1,
      "p",
      version,
      startUs,
      ENVIRONMENT,
      "m",
      failed ? 1 : 0,
      latency,
      null,
      100,
      100,
      200,
      cost,
      null,
      null,
      null,
      trace,
      userCell,
      null,
    ]);
    if (uniform() < JUDGED) {
      const value = Math.round(1e6 * Math.min(1, Math.max(0, 0.8 + 0.15 * draw())));
      emit([
        "S",
        1,
        "p",
        version,
        startUs,
        ENVIRONMENT,
        "m",
        "O",
        "EVAL",
        "NUMERIC",
        "judge",
        value,
        null,
        trace,
        userCell,
        null,
      ]);
    }
    if (uniform() < THUMBED) {
      const category = draw() > THUMB_DOWN_ABOVE ? "False" : "True";
      emit([
        "S",
        1,
        "p",
        version,
        startUs,
        ENVIRONMENT,
        "m",
        "O",
        "API",
        "BOOLEAN",
        "thumb",
        null,
        category,
        trace,
        userCell,
        null,
      ]);
    }
  };
}

const arm = (uniform: Uniform, share: number): number => (uniform() < share ? CANDIDATE : CONTROL);

type Who = (minute: number, share: number, emit: (call: Call) => void) => void;

function requests(perMinute: number, uniform: Uniform): Who {
  let serial = 0;
  return (_minute, share, emit) => {
    for (let n = poisson(perMinute, uniform); n > 0; n--) {
      const version = arm(uniform, share);
      emit({ second: 60 * uniform(), version, trace: `t${serial++}`, userCell: null, user: 0 });
    }
  };
}

function processes(perMinute: number, count: number, uniform: Uniform): Who {
  let serial = 0;
  /** Seconds until a process calls again. */
  const gap = (): number => ((-60 * count) / perMinute) * Math.log(uniform());
  const caches = Array.from({ length: count }, () => ({ version: 0, fetchedAt: 0, nextAt: gap() }));
  return (minute, share, emit) => {
    for (const cache of caches) {
      for (; cache.nextAt < 60 * (minute + 1); cache.nextAt += gap()) {
        const { nextAt } = cache;
        cache.version ||= arm(uniform, share);
        const { version } = cache;
        // What is too old is served once more, and fetched again for the next call.
        if (nextAt - cache.fetchedAt >= 60) {
          cache.version = arm(uniform, share);
          cache.fetchedAt = nextAt;
        }
        const second = nextAt - 60 * minute;
        emit({ second, version, trace: `t${serial++}`, userCell: null, user: 0 });
      }
    }
  };
}

function users(perMinute: number, callsPerUser: number, uniform: Uniform): Who {
  const normal = normals(uniform);
  let serial = 0;
  let active: { slot: number; cell: number; effect: number; left: number }[] = [];
  return (_minute, share, emit) => {
    for (let n = poisson(perMinute / callsPerUser, uniform); n > 0; n--) {
      const cell = Math.floor(CELLS * uniform());
      active.push({ slot: uniform(), cell, effect: normal(), left: callsPerUser });
    }
    for (const user of active) {
      const version = user.slot < share ? CANDIDATE : CONTROL;
      const { cell, effect } = user;
      emit({
        second: 60 * uniform(),
        version,
        trace: `t${serial++}`,
        userCell: cell,
        user: effect,
      });
      user.left--;
    }
    active = active.filter(({ left }) => left > 0);
  };
}

function whoOf({ senders, perHour }: Traffic, uniform: Uniform): Who {
  const perMinute = perHour / 60;
  switch (senders.unit) {
    case "request":
      return requests(perMinute, uniform);
    case "process":
      return processes(perMinute, senders.processes, uniform);
    case "key":
      return users(perMinute, senders.callsPerUser, uniform);
  }
}

/** The minutes of incidents, at random on each of three days. */
function incidents(uniform: Uniform): Set<number> {
  const minutes = new Set<number>();
  for (let day = 0; day < 3; day++) {
    for (let i = 0; i < INCIDENTS_PER_DAY; i++) {
      const at = day * MINUTES_PER_DAY + Math.floor(MINUTES_PER_DAY * uniform());
      for (let m = 0; m < INCIDENT_MINUTES; m++) minutes.add(at + m);
    }
  }
  return minutes;
}

/** One stretch of a prompt's traffic; the same for the same numbers. */
export function trafficOf(traffic: Traffic, uniform: Uniform): Source {
  const who = whoOf(traffic, uniform);
  const call = caller(traffic, uniform);
  const failing = traffic.hasIncidents ? incidents(uniform) : new Set<number>();
  return (minute, share, emit) => {
    const weather = {
      failing: failing.has(minute),
      lnSwing: Math.log1p(traffic.dailySwing * -Math.sin((2 * Math.PI * minute) / MINUTES_PER_DAY)),
    };
    who(minute, share, (one) => call(minute, one, weather, emit));
  };
}
