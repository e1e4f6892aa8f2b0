import { Refusal } from "../../../../platform/errors.ts";
import { type Endpoint, endpoint, json } from "../../../../platform/http.ts";
import { logEvent } from "../../../../platform/log.ts";
import { VERSION } from "../../../../platform/version.ts";
import { Health, MediaAnswer, NewMedia } from "../contract.ts";

/** How the SDKs name a medium: it must follow from the hash, or they cancel the upload. */
const MEDIA_ID_LENGTH = 22;
const mediaIdOf = (sha256: string): string =>
  sha256.replaceAll("+", "-").replaceAll("/", "_").slice(0, MEDIA_ID_LENGTH);

/** What SDKs call by themselves besides sending events. */
export const sdkEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/health",
    access: "open",
    tag: "System",
    summary: "Whether the registry's and the events' databases answer.",
    answers: { 200: Health, 503: "a database does not answer" },
    async handle({ env, shards }) {
      try {
        await Promise.all([env.DB, ...shards].map((db) => db.prepare("SELECT 1").first()));
      } catch (error) {
        logEvent("a database does not answer", { reason: String(error) });
        throw new Refusal("unavailable", "a database does not answer", { retryAfterSeconds: 5 });
      }
      return json({ status: "OK", version: VERSION });
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/public/media",
    access: "ingest",
    tag: "Ingestion",
    summary:
      "Media are not stored: the answer says that this one already is, so the SDK does not send it.",
    body: NewMedia,
    answers: { 201: MediaAnswer },
    handle: (_scope, { body }) =>
      json({ uploadUrl: null, mediaId: mediaIdOf(body.sha256Hash) }, 201),
  }),
];
