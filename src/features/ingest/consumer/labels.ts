/** A generation names a prompt by a label; `startUs` is when the generation began. */
export type LabelUse = { prompt: string; label: string; startUs: number };

/** The version each label pointed at, by `useKey`; null where it pointed at none, or at several. */
export type LabelVersions = ReadonlyMap<string, number | null>;

/** The ledger counts in milliseconds. */
export const instantMs = ({ startUs }: LabelUse): number => Math.floor(startUs / 1000);

export const useKey = (use: LabelUse): string =>
  JSON.stringify([use.prompt, use.label, instantMs(use)]);

/** @throws Error when nobody asked the ledger about this use */
export function versionAt(versions: LabelVersions, use: LabelUse): number | null {
  const version = versions.get(useKey(use));
  if (version === undefined) throw new Error(`label ${use.label} was not looked up`);
  return version;
}
