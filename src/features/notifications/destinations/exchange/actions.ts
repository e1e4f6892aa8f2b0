import { z } from "zod";

import { diffJson } from "../../../../lib/json-diff.ts";
import { Refusal } from "../../../../platform/errors.ts";
import { offer, type Taken } from "../../../../platform/exchange.ts";
import type { Scope } from "../../../../platform/scope.ts";
import { CreateDestination } from "../../contract.ts";
import { DESTINATION_KINDS } from "../../model.ts";
import { changeDestination, createDestination } from "../actions.ts";
import { type DestinationRow, findDestination, selectDestinations } from "../store.ts";

/** No secret is in it: neither what a webhook is signed with, nor an address or key that is one. */
const DestinationLine = z.strictObject({
  id: z.string().min(1).max(100),
  kind: z.enum(DESTINATION_KINDS),
  address: z.string().min(1).max(2_000),
  name: CreateDestination.options[0].shape.name,
  filter: CreateDestination.options[0].shape.filter,
  paused: z.boolean(),
});
type DestinationLine = z.infer<typeof DestinationLine>;

/** As many as a project may have. */
const ALL = 50;

async function* lines(scope: Scope): AsyncGenerator<z.input<typeof DestinationLine>> {
  for (const { id, kind, address, name, filter, status } of await selectDestinations(
    scope,
    "",
    ALL,
  )) {
    yield { id, kind, address, name, filter, paused: status === "paused" };
  }
}

async function change(scope: Scope, here: DestinationRow, line: DestinationLine): Promise<Taken> {
  const { id, kind, address, name, filter, paused } = line;
  if (here.kind !== kind || here.address !== address) {
    throw new Refusal("conflict", `there is another destination ${id} here; delete it first`);
  }
  const isPaused = here.status === "paused";
  if (diffJson({ name: here.name, filter: here.filter }, { name, filter }).length > 0) {
    await changeDestination(scope, id, { name, filter });
  } else if (isPaused === paused) return { changed: false };
  if (isPaused !== paused) {
    await changeDestination(scope, id, { status: paused ? "paused" : "active" });
  }
  return { changed: true };
}

const leftOut = ({ name, kind }: DestinationLine): Taken => ({
  changed: false,
  warning: `the destination '${name}' did not come: ${kind} needs a secret, and an export has none; create it anew`,
});

async function create(scope: Scope, line: DestinationLine): Promise<Taken> {
  const { id, kind, name, filter, address, paused } = line;
  if (kind !== "webhook" && kind !== "email") return leftOut(line);
  const place = kind === "webhook" ? { kind, url: address } : { kind, to: address };
  const wanted = CreateDestination.safeParse({ name, filter, ...place });
  if (!wanted.success) {
    throw new Refusal("invalid_request", `destination.address: ${wanted.error.issues[0]?.message}`);
  }
  await createDestination(scope, wanted.data, id);
  // Whoever receives from it does not know its new secret yet.
  if (paused || kind === "webhook") await changeDestination(scope, id, { status: "paused" });
  if (kind !== "webhook") return { changed: true };
  const warning = `the destination '${name}' came with a new secret and is paused: rotate the secret to learn it, then resume`;
  return { changed: true, warning };
}

/** Destinations as a project's export holds them; a file's takes the place of the one of its id. */
export const destinationOffer = offer({
  kind: "destination",
  reads: "admin",
  writes: "admin",
  lines,
  schema: DestinationLine,
  take: async (scope, line) => {
    const here = await findDestination(scope, line.id);
    return here ? change(scope, here, line) : create(scope, line);
  },
});
