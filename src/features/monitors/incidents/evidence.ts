import { METHOD_VERSION, type MonitorKind } from "../model.ts";
import type { Rule } from "../rules/contract.ts";
import type { Account, Look } from "../rules/look.ts";
import type { Evidence } from "./contract.ts";

const METHODS: Record<MonitorKind, string> = {
  regression:
    "hour-matched before/after of the label, calibrated on windows without a deployment, at 6 and 24 hours; and half of the calls failing",
  threshold: "a fixed line with hysteresis: 95 % bound, or two of three windows",
  relative: "relative change against the last week of another version, with hysteresis",
  drift: "rolling hour-matched before/after, calibrated on the week before",
  volume: "counts on Anscombe's scale against the same slot of the week",
  budget: "sum of costs, and a forecast by hour of the week",
};

/** What an incident rests on. @param look null where there was no window */
export const evidenceOf = (rule: Rule, look: Look, { findings, inputs }: Account): Evidence => ({
  method: { version: METHOD_VERSION, name: METHODS[rule.kind] },
  window: {
    from: new Date(look.window.from).toISOString(),
    to: new Date(look.window.to).toISOString(),
  },
  findings,
  rule,
  inputs,
});
