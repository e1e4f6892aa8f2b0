import type {
  DeliveryState,
  DestinationKind,
  DestinationStatus,
} from "../../../features/notifications/model.ts";

export const KIND_NAMES: Record<DestinationKind, string> = {
  webhook: "Signed webhook",
  slack: "Slack",
  teams: "Microsoft Teams",
  pagerduty: "PagerDuty",
  github: "GitHub repository dispatch",
  email: "Email",
};

export const STATUS_COLOURS: Record<DestinationStatus, string> = {
  active: "green",
  paused: "gray",
  disabled: "red",
};

export const STATE_COLOURS: Record<DeliveryState, string> = {
  pending: "gray",
  delivered: "green",
  failed: "red",
};

/** What may be chosen: families, and the single kinds that people tell apart. */
export const EVENT_CHOICES = [
  "prompt.*",
  "prompt.created",
  "prompt.version.created",
  "prompt.deployed",
  "rollout.*",
  "rollout.started",
  "rollout.stage_started",
  "rollout.held",
  "rollout.promoted",
  "rollout.rolled_back",
  "rollout.inconclusive",
  "rollout.aborted",
  "incident.*",
  "incident.opened",
  "incident.reminded",
  "incident.acknowledged",
  "incident.resolved",
  "report.*",
  "destination.*",
];

/** What a filter lets through, in a few words. */
export function filterText(filter: {
  events: readonly string[];
  prompts: readonly string[];
  labels: readonly string[];
}): string {
  const parts = [
    filter.events.length > 0 ? filter.events.join(", ") : "all events",
    filter.prompts.length > 0 ? `prompts ${filter.prompts.join(", ")}` : "",
    filter.labels.length > 0 ? `labels ${filter.labels.join(", ")}` : "",
  ];
  return parts.filter((part) => part !== "").join(" · ");
}
