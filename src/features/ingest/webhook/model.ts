/** What a source sends. `docs/ingestion.md` says what each kind looks like. */
export const SOURCE_KINDS = ["standard", "litellm", "openrouter", "feedback", "mapped"] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/**
 * How a source proves who it is. `signature`: Standard Webhooks, an HMAC over id, timestamp and
 * body. `token`: a bearer token in a header.
 */
export const SOURCE_AUTHS = ["signature", "token"] as const;
export type SourceAuth = (typeof SOURCE_AUTHS)[number];

/** What each kind may use, its default first. LiteLLM and OpenRouter can send headers, but not sign. */
export const AUTHS_OF: Readonly<Record<SourceKind, readonly SourceAuth[]>> = {
  standard: ["signature", "token"],
  litellm: ["token"],
  openrouter: ["token"],
  feedback: ["token", "signature"],
  mapped: ["signature", "token"],
};

/** One secret of a source. Two live side by side while one takes the place of the other. */
export type SecretRecord = {
  id: string;
  /** A token's SHA-256; an HMAC secret, which must be read again, sealed by `platform/seal.ts`. */
  value: string;
  createdMs: number;
  /** From when on it is refused; null while it is the newest. */
  expiresMs: number | null;
};

/** All that receiving needs to know of a source; what KV holds. */
export type SourceRecord =
  | {
      deleted: false;
      id: string;
      projectId: string;
      tenant: number;
      kind: SourceKind;
      auth: SourceAuth;
      mapping: string | null;
      secrets: SecretRecord[];
    }
  | { deleted: true };

export type LivingSource = Extract<SourceRecord, { deleted: false }>;

/** KV name of a source's record. */
export const sourceDocument = (id: string): string => `source/${id}`;

/** Secrets that hold at an instant, in milliseconds since 1970. */
export const livingSecrets = (secrets: readonly SecretRecord[], nowMs: number): SecretRecord[] =>
  secrets.filter(({ expiresMs }) => expiresMs === null || nowMs < expiresMs);
