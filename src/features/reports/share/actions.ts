import type { Env } from "../../../platform/env.ts";

/*
 * A link to a report's page that needs no key: it carries when it ends, and an HMAC of both under a
 * key that is derived from a secret of the deployment. Whoever has the link may read that one report
 * until then, and nothing else.
 */

const INFO = new TextEncoder().encode("promptside report links v1");
const DAY_MS = 86_400_000;
/** How long a link opens its page, in whole days of UTC, so that asking again gives the same link. */
const LINK_DAYS = 30;
const MS_PER_SECOND = 1000;

/** undefined where the deployment has no secret: what anybody could sign opens nothing. */
async function keyOf({ SEALING_KEY, ADMIN_TOKEN }: Env): Promise<CryptoKey | undefined> {
  const secret = SEALING_KEY ?? ADMIN_TOKEN;
  if (!secret) return undefined;
  const bytes = new TextEncoder().encode(secret);
  const material = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: INFO },
    material,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign", "verify"],
  );
}

const signed = (id: string, expires: number): Uint8Array =>
  new TextEncoder().encode(`${id}\n${expires}`);

const toText = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** undefined for what is not base64url. */
function fromText(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}

export type Link = {
  /** On this server. */
  path: string;
  /** null where the deployment was not told its own address. */
  url: string | null;
  expiresAt: Date;
};

/** A link that opens a report's page for some weeks; null where the deployment has no secret to sign with. */
export async function linkTo(env: Env, id: string, now: Date): Promise<Link | null> {
  const key = await keyOf(env);
  if (!key) return null;
  const expiresMs = (Math.floor(now.getTime() / DAY_MS) + LINK_DAYS + 1) * DAY_MS;
  const expires = expiresMs / MS_PER_SECOND;
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, signed(id, expires)));
  const path = `${pagePath(id)}?expires=${expires}&signature=${toText(signature)}`;
  return { path, url: urlOf(env, path), expiresAt: new Date(expiresMs) };
}

/** The page of a report, for whoever has a key. */
export const pagePath = (id: string): string => `/reports/${id}`;

/** The whole address of a path, where the deployment knows its own. */
export const urlOf = ({ PUBLIC_URL }: Env, path: string): string | null =>
  PUBLIC_URL ? `${PUBLIC_URL.replace(/\/+$/, "")}${path}` : null;

export type Opening = "opens" | "expired" | "forged";

/** What a signed link is worth. The signature is looked at first, so that nobody learns of others' links. */
export async function openingOf(
  env: Env,
  id: string,
  { expires, signature }: { expires: string; signature: string },
  now: Date,
): Promise<Opening> {
  const [key, bytes] = [await keyOf(env), fromText(signature)];
  if (!key || !bytes) return "forged";
  const until = Number(expires);
  const isOurs = await crypto.subtle.verify("HMAC", key, bytes, signed(id, until));
  if (!isOurs) return "forged";
  return now.getTime() < until * MS_PER_SECOND ? "opens" : "expired";
}
