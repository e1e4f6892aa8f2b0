import { Webhook } from "standardwebhooks";

import { envelopeOf, type Outgoing, type Parcel, posting } from "./outgoing.ts";

/**
 * A signed webhook: Standard Webhooks 1.0.0. While a secret is being replaced it is signed with
 * each, so that a receiver may change over at any moment of the overlap.
 */
export function webhookRequest(
  { delivery, event, at }: Parcel,
  { url, secrets }: { url: string; secrets: readonly string[] },
): Outgoing {
  const request = posting(url, envelopeOf(event));
  const signatures = secrets.map((secret) => new Webhook(secret).sign(delivery, at, request.body));
  const headers = {
    ...request.headers,
    "webhook-id": delivery,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": signatures.join(" "),
  };
  return { ...request, headers };
}
