import { memo } from "../../../platform/memo.ts";
import type { Scope } from "../../../platform/scope.ts";
import type { Entry } from "./answer.ts";

/** How long an isolate keeps every prompt at a label. */
const MEMORY_MS = 30_000;
const MAX_ENTRIES = 200;
const MAX_BYTES = 24_000_000;

/** A label's prompts, and the ETag of all of them. */
export type Bulk = { entries: Entry[]; etag: string };

const bulks = memo<Bulk>(MEMORY_MS, MAX_ENTRIES, MAX_BYTES);

const keyOf = ({ projectId }: Scope, label: string): string => `${projectId}/${label}`;

export const recallBulk = (scope: Scope, label: string): Bulk | undefined =>
  scope.env.DOCUMENT_MEMORY_MS === "0"
    ? undefined
    : bulks.get(keyOf(scope, label), scope.now.getTime());

export function rememberBulk(scope: Scope, label: string, bulk: Bulk): void {
  const bytes = bulk.entries.reduce((sum, { text }) => sum + 2 * text.length, 0);
  bulks.set(keyOf(scope, label), bulk, scope.now.getTime(), bytes);
}

/** Drops every bulk answer of this isolate. */
export const forgetBulks = (): void => bulks.clear();
