import type { MovedLabel } from "../../features/prompts/labels/contract.ts";
import { versionOf } from "../args.ts";
import type { Command, Context } from "../command.ts";
import { EXIT } from "../complaint.ts";

const PRODUCTION = "production";

const values = {
  label: "production unless said otherwise",
  reason: "goes into the ledger",
  expect: "the version the label must be on now; refused when it is not",
};
const switches = { force: "end a split of the label" };

function labelPath({ args }: Context): string {
  const [name = ""] = args.positionals;
  const label = args.value("label") ?? PRODUCTION;
  return `/api/public/prompts/${encodeURIComponent(name)}/labels/${encodeURIComponent(label)}`;
}

function terms({ args }: Context) {
  const expected = args.value("expect");
  return {
    reason: args.value("reason"),
    expectedVersion: expected === undefined ? undefined : versionOf(expected, "--expect"),
    force: args.is("force"),
  };
}

const placed = (version: number | null): string =>
  version === null ? "nowhere" : `version ${version}`;

function tell({ terminal }: Context, moved: MovedLabel): number {
  const { name, label, version, previousVersion } = moved;
  terminal.line(
    moved.moved
      ? `${name}: ${label} moved from ${placed(previousVersion)} to ${placed(version)}`
      : `${name}: ${label} is on ${placed(version)} already`,
  );
  terminal.result(moved);
  return EXIT.ok;
}

export const deploy: Command = {
  summary: "move a label to a version",
  positionals: ["name", "version"],
  values,
  switches,
  async run(context) {
    const version = versionOf(context.args.positionals[1] ?? "", "version");
    const body = { version, ...terms(context) };
    return tell(context, await context.api.json<MovedLabel>("PUT", labelPath(context), body));
  },
};

export const rollback: Command = {
  summary: "return a label to where it was before its last move",
  positionals: ["name"],
  values,
  switches,
  async run(context) {
    const path = `${labelPath(context)}/rollback`;
    return tell(context, await context.api.json<MovedLabel>("POST", path, terms(context)));
  },
};
