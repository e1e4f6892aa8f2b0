import type { Scope } from "../../platform/scope.ts";
import { labelDocument, versionDocument } from "../prompts/model.ts";
import { fetchDocument } from "./actions.ts";
import { type Draw, type Served, serveArm } from "./split/actions.ts";

export { drainAfter } from "./publish/actions.ts";
export { drawOf, type Draw } from "./split/actions.ts";

/** What a fetch serves, for other callers than the SDKs. Undefined when there is no such prompt. */
export async function fetchServed(
  scope: Scope,
  name: string,
  { selector, draw }: { selector: { version: number } | { label: string }; draw: Draw },
): Promise<Served | undefined> {
  const ref =
    "version" in selector
      ? versionDocument(name, selector.version)
      : labelDocument(name, selector.label);
  const document = await fetchDocument(scope, ref);
  return document && serveArm(scope, name, { document, draw }, fetchDocument);
}
