/** What a key may do. `scores` is all that a public key may. */
export const GRANTS = ["scores", "read", "ingest", "write", "admin"] as const;
export type Grant = (typeof GRANTS)[number];

/** What a person with certain grants is called in the dashboard. */
export const ROLES = ["admin", "editor", "viewer"] as const;
export type Role = (typeof ROLES)[number];

const GRANTS_OF: Record<Role, readonly Grant[]> = {
  admin: GRANTS,
  editor: ["scores", "read", "ingest", "write"],
  viewer: ["read"],
};

/** What a person in that role may do, where no key says it. */
export const grantsOf = (role: Role): readonly Grant[] => GRANTS_OF[role];

export function roleOf(grants: readonly string[]): Role {
  if (grants.includes("admin")) return "admin";
  return grants.includes("write") ? "editor" : "viewer";
}

/** public and secret are the two halves of a pair (Basic); abv is a Bearer key that stands alone. */
export type KeyKind = "public" | "secret" | "abv";

/** Categories that one score config may name: what bounds a bucket's dimensions. */
export const MAX_CATEGORIES = 50;

/** A score's agreed shape: what `configId` of a score points at. */
export type ScoreConfig = {
  id: string;
  name: string;
  dataType: "NUMERIC" | "BOOLEAN" | "CATEGORICAL";
  /** Bounds of a NUMERIC score, both inclusive; null is unbounded. */
  minValue: number | null;
  maxValue: number | null;
  /** Allowed values of a CATEGORICAL score, at most 50; empty otherwise. */
  categories: { label: string; value: number }[];
  /** Which way of a NUMERIC or BOOLEAN score is better; null: nobody said. */
  direction?: "higher" | "lower" | null | undefined;
  /** Labels of a CATEGORICAL score's categories that are bad. */
  badCategories?: string[] | undefined;
  description?: string | null | undefined;
  /** No new scores are taken under an archived config. */
  isArchived?: boolean | undefined;
  /** ISO 8601; absent where the config came with the settings as a whole. */
  createdAt?: string | undefined;
  updatedAt?: string | undefined;
};

/** Who may sign in through Cloudflare Access: a mail address, or `@` and a domain for all of it. */
export type Person = { who: string; role: Role };

/** What a request may burden, for rate limits. */
export type Load = "ingest" | "reads";

/** What a key is allowed otherwise than its project; absent is as the project. */
export type KeyRules = {
  /** false: what this key sends is never captured. true captures nothing that the project does not. */
  capturePayloads?: boolean | undefined;
  /** Requests a minute; null is without limit. */
  ingestPerMinute?: number | null | undefined;
  readsPerMinute?: number | null | undefined;
};

export const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;

/** Which reports a project gets, and when, in its time zone. */
export type ReportSchedule = {
  daily: boolean;
  weekly: boolean;
  /** The weekly report comes on this day, about the seven days before it. */
  weekday: (typeof WEEKDAYS)[number];
  /** 0 to 23. */
  hour: number;
};

/** What a project chose. Ingestion reads it from KV, so it works while D1 does not. */
export type Settings = {
  /** false: inputs, outputs and metadata are dropped before anything is stored. */
  capturePayloads: boolean;
  /** Days that observations, scores and payloads are kept. Daily buckets stay. */
  retentionDays: number;
  /** Regular expressions and JSON paths; what they match is replaced before anything is stored. */
  masks: string[];
  /** IANA name; days of reports begin at its midnight. */
  timeZone: string;
  reports: ReportSchedule;
  scoreConfigs: ScoreConfig[];
  /** Labels of prompts that only keys with the scope admin move. */
  protectedLabels: string[];
  limits: {
    /** Spans or events that one request may bring. */
    eventsPerRequest: number;
    /** Requests that each key may make in a minute; null is without limit. */
    ingestPerMinute: number | null;
    readsPerMinute: number | null;
  };
  people: Person[];
  /** Exceptions by the id of a key, or of a webhook source. */
  keys: Record<string, KeyRules>;
};

export const DEFAULT_SETTINGS: Settings = {
  capturePayloads: true,
  retentionDays: 30,
  masks: [],
  timeZone: "UTC",
  reports: { daily: false, weekly: true, weekday: "monday", hour: 8 },
  scoreConfigs: [],
  protectedLabels: [],
  limits: { eventsPerRequest: 10_000, ingestPerMinute: null, readsPerMinute: null },
  people: [],
  keys: {},
};

/** Settings in full, from what a project changed. */
export const withDefaults = (changed: Partial<Settings>): Settings => ({
  ...DEFAULT_SETTINGS,
  ...changed,
  limits: { ...DEFAULT_SETTINGS.limits, ...changed.limits },
  reports: { ...DEFAULT_SETTINGS.reports, ...changed.reports },
});

/** What holds for a caller: the project's rules, and the exceptions of its key or webhook source. */
export function rulesFor(
  { capturePayloads, limits, keys }: Settings,
  { id }: { id: string },
): { capturePayloads: boolean; ingestPerMinute: number | null; readsPerMinute: number | null } {
  const own = keys[id] ?? {};
  const { ingestPerMinute = limits.ingestPerMinute, readsPerMinute = limits.readsPerMinute } = own;
  return {
    capturePayloads: capturePayloads && own.capturePayloads !== false,
    ingestPerMinute,
    readsPerMinute,
  };
}

/** A project as jobs and authentication know it. */
export type Project = { projectId: string; tenant: number; name: string; settings: Settings };

/** What KV holds of a key under `keyDocument`: enough to let its bearer in without D1. */
export type KeyRecord =
  | {
      revoked: false;
      keyId: string;
      projectId: string;
      tenant: number;
      kind: KeyKind;
      publicKey: string | null;
      grants: Grant[];
    }
  | { revoked: true };

/** KV name of a key's record. @param hash SHA-256 of the credential */
export const keyDocument = (hash: string): string => `key/${hash}`;

/** KV name of a project's settings document. */
export const settingsDocument = (projectId: string): string => `settings/${projectId}`;

/** What a document of this slice is about; the reverse of the two names above. */
export function documentSubject(
  document: string,
): { of: "key"; hash: string } | { of: "settings"; projectId: string } {
  const [kind, rest = ""] = document.split("/", 2);
  if (kind === "key") return { of: "key", hash: rest };
  if (kind === "settings") return { of: "settings", projectId: rest };
  throw new Error(`${document} is no document of projects`);
}
