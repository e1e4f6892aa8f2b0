const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

function base32(value: number, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32)) {
    text = `${ALPHABET[rest % 32]}${text}`;
  }
  return text;
}

/** `length` random characters of Crockford's base 32, five bits each. */
export function randomBase32(length: number): string {
  let text = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(length))) text += ALPHABET[byte % 32];
  return text;
}

/**
 * An id that sorts by time: nine characters of milliseconds since 1970, then 80 random bits.
 *
 * @param prefix says what it names: `prj`, `key`, `dep`
 */
export const newId = (prefix: string, now: Date): string =>
  `${prefix}_${base32(now.getTime(), 9)}${randomBase32(16)}`;
