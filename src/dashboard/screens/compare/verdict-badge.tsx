import { Badge } from "@mantine/core";
import type { ReactNode } from "react";

import { Icon } from "../../parts/icon.tsx";
import type { Verdict } from "./text.ts";

/** A sign beside the colour and the word. */
const LOOKS: Record<Verdict, { colour: string; sign: ReactNode }> = {
  worse: { colour: "red", sign: <Icon name="close" size={12} /> },
  better: { colour: "green", sign: <Icon name="check" size={12} /> },
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
      leftSection={sign}
      style={{ flexShrink: 0 }}
    >
      {verdict}
    </Badge>
  );
};
