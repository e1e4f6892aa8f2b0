import type { z } from "zod";

import { offer } from "../../../../platform/exchange.ts";
import type { Scope } from "../../../../platform/scope.ts";
import { changeSource, createSource } from "../actions.ts";
import { CreateSource } from "../contract.ts";
import { selectSources } from "../store.ts";

/** As many as a project may have. */
const ALL = 100;

/** Without addresses, which are unguessable and so half a secret, and without secrets. */
async function* lines(scope: Scope): AsyncGenerator<z.input<typeof CreateSource>> {
  const all = await selectSources(scope, "", ALL);
  // Their ids do not go along, so their names order them.
  for (const { name, kind, auth, mapping } of all.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    yield { name, kind, auth, ...(mapping === null ? {} : { mapping }) };
  }
}

/** Webhook sources as a project's export holds them; a file's is the one of its name and kind here. */
export const sourceOffer = offer({
  kind: "source",
  reads: "admin",
  writes: "admin",
  lines,
  schema: CreateSource,
  take: async (scope, line) => {
    const all = await selectSources(scope, "", ALL);
    const here = all.find(({ name, kind }) => name === line.name && kind === line.kind);
    if (here) {
      if (line.mapping === undefined || line.mapping === here.mapping) return { changed: false };
      await changeSource(scope, here.id, { mapping: line.mapping });
      return { changed: true };
    }
    await createSource(scope, line);
    const warning = `the source '${line.name}' came with a new address and a new secret: rotate the secret to learn it`;
    return { changed: true, warning };
  },
});
