import { randomBase32 } from "../../../lib/ids.ts";

/** What an Authorization header brought. `publicKey` is only said by Basic. */
export type Credential = { token: string; publicKey: string | null };

export type Reading = { credential: Credential } | { problem: string };

/** Longer than any key of ours or theirs; what is longer is not worth a hash. */
const MAX_CREDENTIAL_CHARACTERS = 512;

const HOW_TO =
  "send `Authorization: Basic base64(publicKey:secretKey)` or `Authorization: Bearer <key>`";

/** Reads an Authorization header. Keys are opaque: no prefix is looked for. */
export function readCredential(header: string | undefined): Reading {
  if (!header) return { problem: `no credentials: ${HOW_TO}` };
  const [, scheme = "", value = ""] = /^(\S+)\s+(\S+)\s*$/.exec(header) ?? [];
  const credential = readScheme(scheme.toLowerCase(), value);
  if ("problem" in credential) return credential;
  const { token } = credential.credential;
  if (token === "") return { problem: `the key is empty: ${HOW_TO}` };
  if (token.length > MAX_CREDENTIAL_CHARACTERS) return { problem: "the key is too long to be one" };
  return credential;
}

function readScheme(scheme: string, value: string): Reading {
  if (scheme === "bearer") return { credential: { token: value, publicKey: null } };
  if (scheme !== "basic") return { problem: `the credentials cannot be read: ${HOW_TO}` };
  const pair = decodeBase64(value);
  const colon = pair?.indexOf(":") ?? -1;
  if (pair === undefined || colon < 0) {
    return { problem: `Basic credentials are not base64 of two keys and a colon: ${HOW_TO}` };
  }
  return { credential: { publicKey: pair.slice(0, colon), token: pair.slice(colon + 1) } };
}

function decodeBase64(text: string): string | undefined {
  try {
    return atob(text);
  } catch {
    return undefined;
  }
}

/** 160 random bits behind a prefix that says what it is. No colon, so that Basic can carry it. */
const newCredential = (prefix: string): string => `${prefix}-${randomBase32(32)}`;

export const newPair = (): { publicKey: string; secretKey: string } => ({
  publicKey: newCredential("pk-ps"),
  secretKey: newCredential("sk-ps"),
});

export const newBearerKey = (): string => newCredential("sk-abv");
