import type { Scope } from "../../../platform/scope.ts";
import { notFound } from "../actions.ts";
import type { Selector } from "../change.ts";
import { labelDocument, type StoredVersion, versionDocument } from "../model.ts";
import { readStored } from "../reads/store.ts";
import type { DiffQuery } from "./contract.ts";
import { diffVersions } from "./diff.ts";

async function readSide(
  scope: Scope,
  name: string,
  side: DiffQuery["from"],
): Promise<StoredVersion> {
  const selector: Selector = side;
  const ref =
    "version" in side ? versionDocument(name, side.version) : labelDocument(name, side.label);
  const stored = await readStored(scope, ref);
  if (!stored) throw notFound(name, selector);
  return stored;
}

const shown = ({ version, labels, commitMessage, createdBy, createdAt }: StoredVersion) => ({
  version,
  labels,
  commitMessage,
  createdBy,
  createdAt: createdAt.toISOString(),
});

/** What changed between two versions of a prompt. @throws Refusal not_found for a side that is not there */
export async function readDiff(scope: Scope, name: string, { from, to }: DiffQuery) {
  const [before, after] = await Promise.all([
    readSide(scope, name, from),
    readSide(scope, name, to),
  ]);
  return {
    name,
    type: after.type,
    from: shown(before),
    to: shown(after),
    ...diffVersions(before, after),
  };
}
