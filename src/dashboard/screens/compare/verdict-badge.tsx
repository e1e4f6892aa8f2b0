import { Badge } from "@mantine/core";

import type { Verdict } from "./text.ts";

/** A sign beside the colour and the word. */
const LOOKS: Record<Verdict, { colour: string; sign: string }> = {
  worse: { colour: "red", sign: "✕" },
  better: { colour: "green", sign: "✓" },
  equivalent: { colour: "blue", sign: "=" },
  "not enough data": { colour: "gray", sign: "?" },
};

export const VerdictBadge = ({ verdict }: { verdict: Verdict | null }) => {
  if (verdict === null) return null;
  const { colour, sign } = LOOKS[verdict];
  return (
    <Badge
      color={colour}
      variant="light"
      tt="none"
      c="var(--mantine-color-text)"
      style={{ flexShrink: 0 }}
    >
      {sign} {verdict}
    </Badge>
  );
};
