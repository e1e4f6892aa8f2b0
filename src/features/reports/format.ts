import type { ReportFormat } from "./contract.ts";

const TYPES: [mediaType: string, format: ReportFormat][] = [
  ["application/json", "json"],
  ["text/markdown", "markdown"],
  ["text/html", "html"],
];

type Wish = { type: string; quality: number };

function wishOf(entry: string): Wish {
  const [type = "", ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith("q="));
  const quality = q === undefined ? 1 : Number(q.slice("q=".length));
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** The format that a header `Accept` likes best of those there are. @param usual where it has no wish */
export function formatFor(accept: string | undefined, usual: ReportFormat): ReportFormat {
  const wishes = (accept ?? "").split(",").map(wishOf);
  let best = { quality: 0, format: usual };
  for (const { type, quality } of wishes) {
    const format = TYPES.find(([mediaType]) => mediaType === type)?.[1];
    if (format && quality > best.quality) best = { quality, format };
  }
  return best.format;
}
