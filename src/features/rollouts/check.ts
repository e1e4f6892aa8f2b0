import type { Evidence as EvidenceView } from "./contract.ts";
import type { RolloutState } from "./model.ts";

/** What a check saw and said, as it is shown. */
export type CheckView = {
  state: RolloutState;
  stage: number;
  decision: string;
  sampleRatio: {
    control: number;
    candidate: number;
    expectedShare: number | null;
    lnE: number | null;
    mismatch: boolean;
  };
  guardrails: (EvidenceView & { metric: string })[];
};
