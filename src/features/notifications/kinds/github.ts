import { envelopeOf, type Outgoing, type Parcel, posting } from "./outgoing.ts";

/** Source: GitHub REST API, "Create a repository dispatch event", version 2022-11-28. */
const API_VERSION = "2022-11-28";

/**
 * Starts workflows that listen to `repository_dispatch` with the event's type; the event itself is
 * `client_payload`, beside the delivery's id.
 *
 * @param url of the repository in the API, such as https://api.github.com/repos/o/r
 */
export const githubRequest = (
  { delivery, event }: Parcel,
  { url, token }: { url: string; token: string },
): Outgoing =>
  posting(
    `${url}/dispatches`,
    { event_type: event.type, client_payload: { ...envelopeOf(event), delivery } },
    {
      authorization: `Bearer ${token}`,
      accept: "application/vnd.github+json",
      "x-github-api-version": API_VERSION,
    },
  );
