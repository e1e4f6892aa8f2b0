import type { Env } from "./env.ts";

/*
 * Secrets that must be read again, such as HMAC keys, are kept sealed: AES-256-GCM under a key that
 * is derived from a secret of the deployment. What leaks out of D1 or KV alone then says nothing.
 */

const IV_BYTES = 12;
const INFO = new TextEncoder().encode("promptside sealed secrets v1");

const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** `SEALING_KEY` where it is set, so that ADMIN_TOKEN can change without unsealing everything. */
async function keyOf({ SEALING_KEY, ADMIN_TOKEN }: Env): Promise<CryptoKey> {
  const secret = new TextEncoder().encode(SEALING_KEY ?? ADMIN_TOKEN);
  const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: INFO },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

/** @param about whose secret it is: what was sealed for one owner does not open for another */
export async function seal(env: Env, about: string, secret: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const additionalData = new TextEncoder().encode(about);
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData },
    await keyOf(env),
    new TextEncoder().encode(secret),
  );
  return `${toBase64(iv)}.${toBase64(new Uint8Array(sealed))}`;
}

/** @returns undefined when it was sealed with another key, for another owner, or is damaged */
export async function unseal(env: Env, about: string, text: string): Promise<string | undefined> {
  try {
    const [iv = new Uint8Array(), sealed = new Uint8Array()] = text.split(".").map(fromBase64);
    const additionalData = new TextEncoder().encode(about);
    const opened = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv, additionalData },
      await keyOf(env),
      sealed,
    );
    return new TextDecoder().decode(opened);
  } catch {
    return undefined;
  }
}
