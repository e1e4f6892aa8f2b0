import { decodeDoc } from "../doc.ts";
import { merge, OBSERVATION_POLICIES, type Stamped } from "../merge.ts";
import type { ObservationPatch } from "../model.ts";
import { type LabelUse, useKey } from "./labels.ts";
import type { Stored } from "./plan.ts";
import type { Touched } from "./touched.ts";

function useOf({ values }: Stamped): LabelUse | undefined {
  const { promptName, promptLabel, startUs } = values as Partial<ObservationPatch>;
  if (promptName === undefined || promptLabel === undefined || startUs === undefined) {
    return undefined;
  }
  return { prompt: promptName, label: promptLabel, startUs };
}

/** What is stored of an observation, wherever it lives. */
function storedDoc(stored: Stored, key: string, trace: string, id: string): string | null {
  const row = stored.observations.get(key);
  if (row) return row.doc;
  const home = stored.traces.get(trace);
  return home?.rootId === id ? home.root : null;
}

/** Every use of a label that the rows will hold once `touched` is merged into them. */
export function labelUses(touched: Touched, stored: Stored): LabelUse[] {
  const uses = new Map<string, LabelUse>();
  for (const [key, { trace, id, state }] of touched.observations) {
    const before = storedDoc(stored, key, trace, id);
    const mayName = "promptLabel" in state.values || before?.includes('"promptLabel"');
    if (!mayName) continue;
    const after = before === null ? state : merge(OBSERVATION_POLICIES, decodeDoc(before), state);
    const use = useOf(after);
    if (use) uses.set(useKey(use), use);
  }
  return [...uses.values()];
}
