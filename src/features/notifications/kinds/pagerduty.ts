import { messageOf } from "./message.ts";
import { clip, envelopeOf, type Outgoing, type Parcel, posting } from "./outgoing.ts";

/** Source: PagerDuty Events API v2, "Send an alert event", payload.summary. */
const MAX_SUMMARY = 1024;
const SEVERITIES: Record<string, string> = { info: "info", warning: "warning" };
const ACTIONS: Record<string, string> = {
  "incident.opened": "trigger",
  "incident.reminded": "trigger",
  "incident.acknowledged": "acknowledge",
  "incident.resolved": "resolve",
};

/**
 * Incidents are alerts, which resolve with them. All else is a change event: it stands beside the
 * alerts and wakes nobody.
 *
 * @param origin of the Events API, which differs by service region
 */
export function pagerdutyRequest(
  { event }: Parcel,
  { origin, routingKey }: { origin: string; routingKey: string },
): Outgoing {
  const { type, data, at, projectId } = event;
  const summary = clip(messageOf(event).title, MAX_SUMMARY);
  const common = { summary, source: `promptside/${projectId}`, timestamp: at.toISOString() };
  const details = { custom_details: envelopeOf(event) };
  const action = ACTIONS[type];
  if (action === undefined) {
    const body = { routing_key: routingKey, payload: { ...common, ...details } };
    return posting(`${origin}/v2/change/enqueue`, body);
  }
  return posting(`${origin}/v2/enqueue`, {
    routing_key: routingKey,
    event_action: action,
    dedup_key: String(data["incidentId"]),
    payload: {
      ...common,
      ...details,
      severity: SEVERITIES[String(data["severity"])] ?? "critical",
      class: String(data["kind"]),
      ...(typeof data["prompt"] === "string" ? { component: data["prompt"] } : {}),
    },
  });
}
