import type { CreateDestination } from "../contract.ts";

/** Source: PagerDuty, "Service Regions". */
const PAGERDUTY = { us: "https://events.pagerduty.com", eu: "https://events.eu.pagerduty.com" };

type Place = {
  /** What may be shown. */
  address: string;
  /** What is sent to, and the field that said so; null for what is not asked over HTTP. */
  url: string | null;
  field: string;
  /** What must be sealed: an address that is itself the key, or a key; null when there is none. */
  credential: string | null;
};

/** Where a destination is, apart from what is secret of it. */
export function placeOf(wanted: CreateDestination): Place {
  switch (wanted.kind) {
    case "webhook":
      return { address: wanted.url, url: wanted.url, field: "url", credential: null };
    case "slack":
    case "teams": {
      const { url } = wanted;
      return { address: `${new URL(url).origin}/***`, url, field: "url", credential: url };
    }
    case "pagerduty": {
      const address = PAGERDUTY[wanted.region];
      return { address, url: address, field: "region", credential: wanted.routingKey };
    }
    case "email":
      return { address: wanted.to, url: null, field: "to", credential: null };
    case "github": {
      const address = `${wanted.apiUrl.replace(/\/+$/, "")}/repos/${wanted.repository}`;
      return { address, url: address, field: "apiUrl", credential: wanted.token };
    }
  }
}
