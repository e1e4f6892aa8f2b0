/** Which generations stand behind a number. Instants in µs since 1970, `toUs` exclusive; null is any. */
export type Behind = {
  prompt: string;
  version: number;
  fromUs: number | null;
  toUs: number | null;
  environment: string | null;
  model: string | null;
};

const US_PER_MS = 1e3;

/** The list of those generations, as a path with its query: the filter for the observations read. */
export function observationsPath(
  { prompt, version, fromUs, toUs, environment, model }: Behind,
  more: Record<string, string> = {},
): string {
  const instant = (us: number): string => new Date(us / US_PER_MS).toISOString();
  const query = new URLSearchParams({
    type: "GENERATION",
    promptName: prompt,
    promptVersion: String(version),
    ...(fromUs === null ? {} : { fromStartTime: instant(fromUs) }),
    ...(toUs === null ? {} : { toStartTime: instant(toUs) }),
    ...(environment === null ? {} : { environment }),
    ...(model === null ? {} : { model }),
    ...more,
  });
  return `/api/public/v2/observations?${query.toString()}`;
}
