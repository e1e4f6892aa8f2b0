import type { DestinationKind } from "../model.ts";
import { githubRequest } from "./github.ts";
import type { Outgoing, Parcel } from "./outgoing.ts";
import { pagerdutyRequest } from "./pagerduty.ts";
import { slackRequest } from "./slack.ts";
import { teamsRequest } from "./teams.ts";
import { webhookRequest } from "./webhook.ts";

/** A destination with its secrets in clear: never stored, never logged. */
export type Opened = {
  kind: Exclude<DestinationKind, "email">;
  address: string;
  /** Slack's and Teams' address, PagerDuty's routing key, GitHub's token; empty for a webhook. */
  credential: string;
  secrets: readonly string[];
};

/** The request that tells a destination of an event. */
export function requestTo(
  { kind, address, credential, secrets }: Opened,
  parcel: Parcel,
): Outgoing {
  switch (kind) {
    case "webhook":
      return webhookRequest(parcel, { url: address, secrets });
    case "slack":
      return slackRequest(parcel, credential);
    case "teams":
      return teamsRequest(parcel, credential);
    case "pagerduty":
      return pagerdutyRequest(parcel, { origin: address, routingKey: credential });
    case "github":
      return githubRequest(parcel, { url: address, token: credential });
  }
}
