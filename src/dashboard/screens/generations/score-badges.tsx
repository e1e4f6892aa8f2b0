import { Badge, Group } from "@mantine/core";

import { number } from "../../format/number.ts";

export type ShownScore = {
  id: string;
  name: string;
  source: string;
  value: number | null;
  stringValue: string | null;
};

/** What a score says: its category, else its number. */
export const scoreText = ({ value, stringValue }: Pick<ShownScore, "value" | "stringValue">) =>
  stringValue !== null ? { text: stringValue, exact: stringValue } : number(value);

const MOST = 60;

/** Scores in short; source and exact value show on hover. */
export const ScoreBadges = ({ scores }: { scores: readonly ShownScore[] }) => (
  <Group gap={4}>
    {scores.map((score) => {
      const { text, exact } = scoreText(score);
      return (
        <Badge
          key={score.id}
          variant="default"
          tt="none"
          size="sm"
          fw={500}
          title={`${score.name}: ${exact}, source ${score.source}`}
        >
          {score.name}: {text.slice(0, MOST)}
        </Badge>
      );
    })}
  </Group>
);
