import { SLOTS } from "../../../lib/split/split.ts";
import { percent } from "../../format/number.ts";
import type { LiveSplit } from "./data.ts";

type Shares = Pick<LiveSplit, "version" | "arms">;
export type Arm = { version: number; weight: number };

/** Weights are hundredths of a per cent. */
const PER_CENT = SLOTS / 100;

/** An arm while it is chosen: nothing has to be right yet. */
export type DraftArm = { id: number; version: string | null; percent: number | string };

/** The arms, the control first. */
export const armsOf = ({ version: control, arms }: Shares): Arm[] =>
  arms.toSorted((a, b) => Number(b.version === control) - Number(a.version === control));

export const splitText = (split: Shares): string =>
  armsOf(split)
    .map(({ version, weight }) => `v${version} ${percent(weight / SLOTS).text}`)
    .join(", ");

/** What a dialog begins with: the arms beside the control as they are, or one that is still to be chosen. */
export const draftOf = (split: Shares | undefined): DraftArm[] =>
  split
    ? armsOf(split)
        .filter(({ version }) => version !== split.version)
        .map(({ version, weight }, id) => ({
          id,
          version: String(version),
          percent: weight / PER_CENT,
        }))
    : [{ id: 0, version: null, percent: 10 }];

const weightOf = ({ percent: share }: DraftArm): number => Math.round(Number(share) * PER_CENT);

/** What the others leave to the control, in per cent; below 0 where they take more than there is. */
export const restOf = (others: readonly DraftArm[]): number =>
  (SLOTS - others.reduce((sum, arm) => sum + weightOf(arm), 0)) / PER_CENT;

/** Every arm of the split, the control first with what is left; undefined while one is not chosen. */
export function wholeOf(control: number, others: readonly DraftArm[]): Arm[] | undefined {
  const rest = restOf(others) * PER_CENT;
  const isWhole = others.length > 0 && rest >= 0 && others.every(({ version }) => version !== null);
  if (!isWhole) return undefined;
  return [
    { version: control, weight: Math.round(rest) },
    ...others.map((arm) => ({ version: Number(arm.version), weight: weightOf(arm) })),
  ];
}
