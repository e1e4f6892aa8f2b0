import { z } from "zod";

import { EVENT_TYPES } from "./events/contract.ts";
import { DELIVERY_STATES, DESTINATION_KINDS, DESTINATION_STATUSES } from "./model.ts";

export { type Emission, EVENT_DATA, EVENT_TYPES } from "./events/contract.ts";

const Instant = z.iso.datetime();
const Name = z.string().trim().min(1, "must not be empty").max(100, "at most 100 characters");
const Address = z.url("is not a URL").max(2000, "at most 2000 characters");

const FAMILIES = [...new Set(EVENT_TYPES.map((type) => `${type.split(".")[0] ?? ""}.*`))];
const KNOWN = new Set<string>([...EVENT_TYPES, ...FAMILIES, "*"]);

const EventPattern = z.string().refine((text) => KNOWN.has(text), {
  message: `must be one of ${[...EVENT_TYPES, ...FAMILIES].join(", ")}`,
});

const Filter = z.strictObject({
  events: z
    .array(EventPattern)
    .max(50, "at most 50 events")
    .default([])
    .describe("Types, or families such as rollout.*; empty is all."),
  prompts: z
    .array(z.string().min(1).max(500))
    .max(100, "at most 100 prompts")
    .default([])
    .describe("Names, or beginnings of them such as support/*; empty is all."),
  labels: z
    .array(z.string().min(1).max(36))
    .max(50, "at most 50 labels")
    .default([])
    .describe("Empty is all. Events that are about no label always pass."),
});

const NO_FILTER = { events: [], prompts: [], labels: [] };

const Secret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{32,100}={0,2}$/, "must be whsec_ and base64 of 24 to 64 bytes")
  .describe("Where the receiver chooses the secret; made for you otherwise.");

const common = { name: Name, filter: Filter.default(NO_FILTER) };

const Token = z.string().regex(/^[\x21-\x7e]{10,500}$/, "must be 10 to 500 visible characters");
const RoutingKey = z.string().regex(/^[A-Za-z0-9]{32}$/, "must be 32 letters and digits");

export const CreateDestination = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("webhook"),
    ...common,
    url: Address,
    secret: Secret.optional(),
  }),
  z.strictObject({ kind: z.literal("slack"), ...common, url: Address }),
  z.strictObject({ kind: z.literal("teams"), ...common, url: Address }),
  z.strictObject({
    kind: z.literal("pagerduty"),
    ...common,
    routingKey: RoutingKey,
    region: z.enum(["us", "eu"]).default("us").describe("PagerDuty's service region."),
  }),
  z.strictObject({
    kind: z.literal("github"),
    ...common,
    repository: z.string().regex(/^[\w-][\w.-]{0,99}\/[\w-][\w.-]{0,99}$/, "must be owner/name"),
    token: Token,
    apiUrl: Address.default("https://api.github.com").describe("Of a GitHub Enterprise Server."),
  }),
  z.strictObject({
    kind: z.literal("email"),
    ...common,
    to: z.email("is not an address").max(320).describe("Where the deployment can send mail."),
  }),
]);
export type CreateDestination = z.infer<typeof CreateDestination>;

/** What is absent stays. Where it goes does not change: that is another destination. */
export const PatchDestination = z
  .strictObject({
    name: Name.optional(),
    filter: Filter.optional(),
    status: z
      .enum(["active", "paused"])
      .optional()
      .describe("active also brings back what was disabled."),
  })
  .refine((change) => Object.keys(change).length > 0, "must change something");
export type PatchDestination = z.infer<typeof PatchDestination>;

export const RotateDestination = z.strictObject({
  overlapHours: z
    .number()
    .min(0)
    .max(720, "at most 720 hours")
    .default(24)
    .describe("How long deliveries are signed with the secrets before as well."),
  secret: Secret.optional(),
});
export type RotateDestination = z.infer<typeof RotateDestination>;

export const Destination = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(DESTINATION_KINDS),
  /** Without what is secret of it. */
  address: z.string(),
  filter: z.object({
    events: z.array(z.string()),
    prompts: z.array(z.string()),
    labels: z.array(z.string()),
  }),
  status: z.enum(DESTINATION_STATUSES),
  statusReason: z.string().nullable().describe("Why it is disabled."),
  failingSince: Instant.nullable().describe("The first failure since the last success."),
  /** Never the secrets themselves. */
  secrets: z.array(z.object({ id: z.string(), createdAt: Instant, expiresAt: Instant.nullable() })),
  createdAt: Instant,
  updatedAt: Instant,
});
export type Destination = z.infer<typeof Destination>;

/** `secret` is said this once, and only for a webhook. */
export const CreatedDestination = Destination.extend({ secret: z.string().optional() });
export type CreatedDestination = z.infer<typeof CreatedDestination>;

export const IdPath = z.object({ id: z.string().min(1).max(100) });

/** The body of what needs none. */
export const Nothing = z.strictObject({});

export const Page = z.object({
  cursor: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export const DestinationList = z.object({
  data: z.array(Destination),
  nextCursor: z.string().nullable(),
});
export type DestinationList = z.infer<typeof DestinationList>;

export const DeliveryQuery = Page.extend({
  destination: z.string().max(100).optional(),
  state: z.enum(DELIVERY_STATES).optional(),
});
export type DeliveryQuery = z.infer<typeof DeliveryQuery>;

export const Delivery = z.object({
  id: z.string().describe("Also its webhook-id."),
  destinationId: z.string(),
  event: z.object({ id: z.string(), type: z.string(), timestamp: Instant }),
  state: z.enum(DELIVERY_STATES),
  attempts: z.int(),
  outcome: z.string().nullable().describe("How the last attempt ended."),
  nextAttemptAt: Instant.nullable(),
  createdAt: Instant,
  finishedAt: Instant.nullable(),
});
export type Delivery = z.infer<typeof Delivery>;

export const DeliveryList = z.object({
  data: z.array(Delivery),
  nextCursor: z.string().nullable(),
});
export type DeliveryList = z.infer<typeof DeliveryList>;

const Attempt = z.object({
  number: z.int(),
  at: Instant,
  durationMs: z.int(),
  request: z
    .object({
      method: z.string(),
      url: z.string(),
      headers: z.record(z.string(), z.string()),
      body: z.string(),
    })
    .nullable(),
  response: z
    .object({
      status: z.int(),
      headers: z.record(z.string(), z.string()),
      body: z.string(),
    })
    .nullable(),
  error: z.string().nullable(),
});

/** With what was sent and answered at each attempt; secrets are replaced by ***. */
export const DeliveryWithLog = Delivery.extend({ log: z.array(Attempt) });
export type DeliveryWithLog = z.infer<typeof DeliveryWithLog>;
