type Known = { version: number; labels: readonly string[] };
type Asked = { control?: number | undefined; candidate?: number | undefined };

const PRODUCTION = "production";

/**
 * Which two versions are compared: those of the address, else what is in production against the
 * newest other one.
 *
 * @param versions newest first
 * @returns null when there are not two
 */
export function chosenArms(
  versions: readonly Known[],
  { control, candidate }: Asked,
): { control: number; candidate: number } | null {
  const numbers = versions.map(({ version }) => version);
  const isKnown = (version: number | undefined): version is number =>
    version !== undefined && numbers.includes(version);
  const inProduction = versions.find(({ labels }) => labels.includes(PRODUCTION))?.version;
  const fresh = isKnown(candidate) ? candidate : undefined;
  const first = [control, inProduction, ...numbers.toReversed()].find(
    (version) => isKnown(version) && version !== fresh,
  );
  const second = fresh ?? numbers.find((version) => version !== first);
  return first === undefined || second === undefined || first === second
    ? null
    : { control: first, candidate: second };
}
