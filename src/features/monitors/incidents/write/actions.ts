import type { BatchItem } from "drizzle-orm/batch";

import { newId } from "../../../../lib/ids.ts";
import type { Scope } from "../../../../platform/scope.ts";
import type { Emission } from "../../../notifications/contract.ts";
import type { Severity } from "../../model.ts";
import { isMuted } from "../../mute.ts";
import type { WatchChange } from "../../rules/course.ts";
import type { Account, Look } from "../../rules/look.ts";
import { beginningOf } from "../../rules/silence.ts";
import type { MonitorRow } from "../../store.ts";
import { type Announced, emissionOf } from "../emission.ts";
import { evidenceOf } from "../evidence.ts";
import { insertEvent, insertIncident, updateIncident } from "../store.ts";

/** An incident that is there while windows are taken in. */
export type Open = {
  id: string;
  severity: Severity;
  summary: string;
  openedAt: Date;
  /** Nobody was told that it is there. */
  muted: boolean;
};

/** Statements that write what became of an incident, and what is told of it. */
type Written = { open: Open | null; statements: BatchItem<"sqlite">[]; emissions: Emission[] };

type Context = { scope: Scope; monitor: MonitorRow };

const announced = (
  { monitor }: Context,
  { watch }: WatchChange,
  open: Open,
  over: Partial<Announced> = {},
): Announced => ({
  ...open,
  monitor: monitor.id,
  monitorName: monitor.rule.name,
  kind: monitor.rule.kind,
  prompt: watch.prompt,
  label: watch.label,
  version: watch.version,
  resolvedAt: null,
  ...over,
});

const isQuiet = ({ scope, monitor }: Context): boolean =>
  isMuted(monitor.mute, scope.now.getTime());

function openIncident(context: Context, change: WatchChange, severity: Severity): Written {
  const { scope, monitor } = context;
  const { watch, look, at } = change;
  if (!look) throw new Error("an incident begins with a window");
  const account = beginningOf(change, look);
  const open: Open = {
    id: newId("inc", scope.now),
    severity,
    summary: account.summary,
    openedAt: new Date(at),
    muted: isQuiet(context),
  };
  const { label, prompt, version, deployment } = watch;
  return {
    open,
    statements: [
      insertIncident(scope, {
        ...open,
        monitor: monitor.id,
        monitorName: monitor.rule.name,
        kind: monitor.rule.kind,
        state: "open",
        prompt,
        label,
        version,
        deployment,
        acknowledgedAt: null,
        resolvedAt: null,
        resolution: null,
        evidence: evidenceOf(monitor.rule, look, account),
      }),
      insertEvent(scope, open.id, { event: "opened", text: account.summary, at: open.openedAt }),
    ],
    emissions: open.muted
      ? []
      : [
          emissionOf("opened", announced(context, change, open), {
            at,
            findings: account.findings,
          }),
        ],
  };
}

const NOTHING_NEW: Account = { summary: "", findings: [], inputs: {} };

/** A window without enough values says nothing; what is looked at otherwise always does. */
const isMissing = ({ evidence, budget, deployment }: Look): boolean =>
  evidence === null && !budget && !deployment;

/** What a window newly says; an echo, and silence, say what is known already. */
const saidBy = ({ look }: WatchChange, open: Open): Account => {
  const account = !look || isMissing(look) ? NOTHING_NEW : look.account();
  return account.findings.length > 0 ? account : { ...account, summary: open.summary };
};

type ToldAgain = Extract<WatchChange, { type: "reminded" | "worsened" | "looked_again" }>;

function tellAgain(context: Context, change: ToldAgain, known: Open): Written {
  const { scope, monitor } = context;
  const { look, at, type } = change;
  const account = saidBy(change, known);
  const quiet = isQuiet(context);
  const severity = change.type === "worsened" ? change.severity : known.severity;
  const open = { ...known, severity, muted: known.muted && quiet };
  const worse =
    change.type === "worsened" && look
      ? { summary: account.summary, evidence: evidenceOf(monitor.rule, look, account) }
      : {};
  const event = { event: type, text: account.summary, at: new Date(at) } as const;
  const isTold = type !== "looked_again" && !quiet;
  return {
    open: { ...open, ...(worse.summary === undefined ? {} : { summary: worse.summary }) },
    statements: [
      updateIncident(scope, open.id, { severity, muted: open.muted, ...worse }),
      insertEvent(scope, open.id, event),
    ],
    emissions: isTold
      ? [
          emissionOf("reminded", announced(context, change, open, { summary: account.summary }), {
            at,
            findings: account.findings,
          }),
        ]
      : [],
  };
}

function endIncident(context: Context, change: WatchChange, open: Open, because: string): Written {
  const { scope } = context;
  const { at } = change;
  const resolvedAt = new Date(at);
  return {
    open: null,
    statements: [
      updateIncident(scope, open.id, { state: "resolved", resolvedAt, resolution: because }),
      insertEvent(scope, open.id, { event: "resolved", text: because, at: resolvedAt }),
    ],
    emissions:
      isQuiet(context) || open.muted
        ? []
        : [
            emissionOf(
              "resolved",
              announced(context, change, open, { summary: `Resolved: ${because}`, resolvedAt }),
              { at },
            ),
          ],
  };
}

const NOTHING: Written = { open: null, statements: [], emissions: [] };

/** Writes one change of what a monitor watches. @param open the incident that is there */
export function writeChange(
  context: Context,
  change: WatchChange,
  open: Open | undefined,
): Written {
  if (change.type === "opened" || change.type === "fell_silent") {
    return openIncident(context, change, change.severity);
  }
  // Its incident was deleted with its project's data: there is nothing to write to.
  if (!open) return NOTHING;
  return change.type === "resolved"
    ? endIncident(context, change, open, change.because)
    : tellAgain(context, change, open);
}
