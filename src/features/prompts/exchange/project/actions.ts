import { diffJson } from "../../../../lib/json-diff.ts";
import { issuesOf } from "../../../../platform/http.ts";
import type { Scope } from "../../../../platform/scope.ts";
import { changedPrices, setPrices } from "../../../pricing/index.ts";
import { PatchSettings } from "../../../projects/contract.ts";
import { changeScoreConfigs, changeSettings, currentSettings } from "../../../projects/index.ts";
import type { ImportReport } from "../contract.ts";
import type { LineFault, Numbered } from "../lines.ts";
import { withConfigs } from "./configs.ts";

type Brought = Pick<ImportReport, "settings" | "scoreConfigs" | "prices"> & { faults: LineFault[] };

const isAdmin = ({ grants }: Scope): boolean => grants.includes("admin");

const adminOnly = (line: number, what: string): LineFault => ({
  line,
  message: `${what} are changed by keys with the scope admin only`,
});

/** Sets what an export says about the project, unless it is so already. */
async function importSettings(
  scope: Scope,
  lines: readonly Numbered[],
): Promise<Pick<Brought, "settings" | "faults">> {
  const faults: LineFault[] = [];
  let settings = false;
  for (const { line, entry } of lines) {
    if (entry.kind !== "settings") continue;
    const read = PatchSettings.safeParse(entry.settings);
    if (!read.success) {
      const [issue] = issuesOf(read.error);
      faults.push({ line, message: `settings.${issue?.path}: ${issue?.message}` });
      continue;
    }
    const present = await currentSettings(scope);
    if (diffJson(present, { ...present, ...read.data }).length === 0) continue;
    if (!isAdmin(scope)) {
      faults.push(adminOnly(line, "settings"));
      continue;
    }
    await changeSettings(scope, read.data);
    settings = true;
  }
  return { settings, faults };
}

async function importConfigs(
  scope: Scope,
  lines: readonly Numbered[],
): Promise<Pick<Brought, "scoreConfigs" | "faults">> {
  const wanted = lines.flatMap(({ line, entry }) =>
    entry.kind === "scoreConfig" ? [{ line, config: entry.config }] : [],
  );
  if (wanted.length === 0) return { scoreConfigs: 0, faults: [] };
  const { scoreConfigs } = await currentSettings(scope);
  const looked = withConfigs(scoreConfigs, wanted);
  if (looked.changed === 0) return { scoreConfigs: 0, faults: looked.faults };
  return changeScoreConfigs(scope, (present) => {
    const { configs, changed, faults } = withConfigs(present, wanted);
    return { configs, told: { scoreConfigs: changed, faults }, target: "import" };
  });
}

async function importPrices(
  scope: Scope,
  lines: readonly Numbered[],
): Promise<Pick<Brought, "prices" | "faults">> {
  const wanted = lines.flatMap(({ line, entry }) =>
    entry.kind === "price" ? [{ line, entry }] : [],
  );
  const places = new Map(wanted.map(({ line, entry }) => [entry, line]));
  const changed = await changedPrices(scope, [...places.keys()]);
  if (changed.length === 0) return { prices: 0, faults: [] };
  const lineOf = (price: (typeof changed)[number]): number => places.get(price) ?? 0;
  if (!isAdmin(scope)) {
    return { prices: 0, faults: changed.map((price) => adminOnly(lineOf(price), "prices")) };
  }
  const { refused, message } = await setPrices(scope, changed);
  const faults = refused.map((price) => ({ line: lineOf(price), message }));
  return { prices: changed.length - refused.length, faults };
}

/** Brings in what lines say of the project itself: settings, score configs and its own prices. */
export async function importProject(scope: Scope, lines: readonly Numbered[]): Promise<Brought> {
  const { settings, faults: ofSettings } = await importSettings(scope, lines);
  const { scoreConfigs, faults: ofConfigs } = await importConfigs(scope, lines);
  const { prices, faults: ofPrices } = await importPrices(scope, lines);
  return { settings, scoreConfigs, prices, faults: [...ofSettings, ...ofConfigs, ...ofPrices] };
}
