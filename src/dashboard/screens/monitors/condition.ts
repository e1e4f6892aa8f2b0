import type { Monitor } from "../../../features/monitors/contract.ts";
import type { Answer } from "../../api/client.ts";
import { metricName } from "../../charts/names.ts";
import { number, percent } from "../../format/number.ts";

export type AnyMonitor = Answer<typeof Monitor>;

const minutesText = (minutes: number): string =>
  minutes < 60 ? `${minutes} minutes` : minutes === 60 ? "an hour" : `${minutes / 60} hours`;

/** When a monitor fires, in one sentence. */
export function conditionOf(rule: AnyMonitor): string {
  switch (rule.kind) {
    case "threshold": {
      const [word, limit] =
        rule.above !== undefined ? ["above", rule.above] : ["below", rule.below ?? 0];
      return `${metricName(rule.metric)} ${rule.statistic} of ${minutesText(rule.windowMinutes)} ${word} ${number(limit).text}`;
    }
    case "relative": {
      const [word, change] =
        rule.increase !== undefined ? ["more", rule.increase] : ["less", rule.decrease ?? 0];
      const against = rule.against === "previous" ? "the version before" : `v${rule.against}`;
      return `${metricName(rule.metric)} ${rule.statistic} ${percent(change).text} ${word} than ${against}`;
    }
    case "drift":
      return `${metricName(rule.metric)} drifts within ${rule.windowHours} hours`;
    case "volume":
      return `volume: ${rule.watch.join(", ")}`;
    case "budget":
      return `${number(rule.limitUsd).text} USD a ${rule.period}`;
    case "regression":
      return `worse after a deployment of ${rule.labels.join(", ")}`;
  }
}

/** What it watches. */
export function subjectOf(rule: AnyMonitor): string {
  const version = "version" in rule && rule.version !== undefined ? ` v${rule.version}` : "";
  const label = "label" in rule && rule.label !== undefined ? ` ${rule.label}` : "";
  const environment = rule.environment === undefined ? "" : ` · ${rule.environment}`;
  return `${rule.prompt ?? "all prompts"}${label}${version}${environment}`;
}
