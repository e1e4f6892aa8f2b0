import { armOfRuns } from "../../../lib/split/runs.ts";
import { randomSlot, slotOf } from "../../../lib/split/split.ts";
import { Refusal } from "../../../platform/errors.ts";
import type { HttpContext } from "../../../platform/http.ts";
import { logEvent } from "../../../platform/log.ts";
import type { Scope } from "../../../platform/scope.ts";
import { type DocumentRef, type SplitTable, versionDocument } from "../../prompts/model.ts";
import { MAX_TARGETING_KEY } from "../contract.ts";
import type { Document } from "../document.ts";

/** Whom an arm is drawn for. `control`: nobody, it is the version that the label points at. */
export type Draw = { targetingKey: string } | "random" | "control";

/** A document as it is served. `arm`: the version that was drawn, when the label is split. */
export type Served = { document: Document; arm: number | undefined };

const KEY_HEADER = "x-promptside-key";

/**
 * Whom a request draws for: the targeting key of its query, else of its header.
 *
 * @param none what it is without one
 * @throws Refusal invalid_request for a key in the header that is too long
 */
export function drawOf(
  c: Pick<HttpContext, "req">,
  { targetingKey }: { targetingKey?: string | undefined },
  none: "random" | "control",
): Draw {
  const said = targetingKey ?? c.req.header(KEY_HEADER)?.trim() ?? "";
  if (said === "") return none;
  if (said.length <= MAX_TARGETING_KEY) return { targetingKey: said };
  const message = `must have at most ${MAX_TARGETING_KEY} characters`;
  throw new Refusal("invalid_request", `header X-Promptside-Key: ${message}`, {
    issues: [{ path: "X-Promptside-Key", message }],
  });
}

/** The version that a split gives to a caller. */
export async function drawArm({ id, runs }: SplitTable, draw: Draw): Promise<number | undefined> {
  if (draw === "control") return undefined;
  const slot = draw === "random" ? randomSlot() : await slotOf(id, draw.targetingKey);
  return armOfRuns(runs, slot);
}

/**
 * What a label's document serves: itself, or when it is split the document of the arm that is
 * drawn. An arm that cannot be read is replaced by the control, which is the label's own.
 *
 * @param read how the documents of versions are read
 */
export async function serveArm(
  scope: Scope,
  name: string,
  { document, draw }: { document: Document; draw: Draw },
  read: (scope: Scope, ref: DocumentRef) => Promise<Document | undefined>,
): Promise<Served> {
  if (!document.split) return { document, arm: undefined };
  const control = { document, arm: document.version };
  const arm = await drawArm(document.split, draw);
  if (arm === undefined || arm === document.version) return control;
  try {
    const other = await read(scope, versionDocument(name, arm));
    if (other) return { document: other, arm };
    logEvent("an arm has no document; the control was served", { name, arm });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logEvent("an arm could not be read; the control was served", { name, arm, reason });
  }
  return control;
}
