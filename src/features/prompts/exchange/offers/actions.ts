import { Refusal } from "../../../../platform/errors.ts";
import type { Offer } from "../../../../platform/exchange.ts";
import { issuesOf } from "../../../../platform/http.ts";
import type { Access, Scope } from "../../../../platform/scope.ts";
import type { Foreign, LineFault } from "../lines.ts";

type Brought = {
  /** How many lines of each kind changed something. */
  others: Record<string, number>;
  faults: LineFault[];
  warnings: string[];
};

const may = ({ grants }: Scope, access: Access): boolean => grants.includes(access);

/** The lines that other slices have of a project, as far as the caller may see them. */
export async function* linesOffered(
  scope: Scope,
  offers: readonly Offer[],
): AsyncGenerator<object> {
  for (const { kind, reads, lines } of offers) {
    if (!may(scope, reads)) continue;
    for await (const value of lines(scope)) yield { kind, [kind]: value };
  }
}

/** @returns what became of it. @throws Refusal */
function takeLine(scope: Scope, { kind, value }: Foreign, offers: ReadonlyMap<string, Offer>) {
  const from = offers.get(kind);
  if (!from) throw new Refusal("invalid_request", `there is no ${kind} in an export`);
  if (!may(scope, from.writes)) {
    const message = `a ${kind} is changed by keys with the scope ${from.writes} only`;
    throw new Refusal("forbidden", message);
  }
  const read = from.read(value);
  if ("take" in read) return read.take(scope);
  const [issue] = issuesOf(read.error);
  const field = [kind, issue?.path].filter(Boolean).join(".");
  throw new Refusal("invalid_request", `${field}: ${issue?.message}`);
}

/** Hands lines to the slices that they are of; each comes or not, whatever becomes of the others. */
export async function importOffered(
  scope: Scope,
  foreign: readonly Foreign[],
  offers: readonly Offer[],
): Promise<Brought> {
  const byKind = new Map(offers.map((one) => [one.kind, one]));
  const brought: Brought = { others: {}, faults: [], warnings: [] };
  for (const line of foreign) {
    try {
      const { changed, warning } = await takeLine(scope, line, byKind);
      if (changed) brought.others[line.kind] = (brought.others[line.kind] ?? 0) + 1;
      if (warning !== undefined) brought.warnings.push(warning);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code === "unavailable") throw error;
      brought.faults.push({ line: line.line, message: error.message });
    }
  }
  return brought;
}
