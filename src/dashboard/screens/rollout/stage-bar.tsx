import { Box, Group, Text } from "@mantine/core";

import type { Rollout } from "../../../features/rollouts/contract.ts";
import { Icon } from "../../parts/icon.tsx";
import { Age } from "../../parts/shown.tsx";

type Place = "over" | "now" | "ended" | "ahead" | "missed";

const BORDERS: Record<Place, string> = {
  over: "1px solid var(--mantine-color-default-border)",
  now: "2px solid var(--mantine-primary-color-filled)",
  ended: "2px solid var(--mantine-color-default-border)",
  ahead: "1px dashed var(--mantine-color-default-border)",
  missed: "1px dashed var(--mantine-color-default-border)",
};
const WORDS: Record<Place, string> = {
  over: "done",
  now: "now",
  ended: "ended here",
  ahead: "ahead",
  missed: "not reached",
};

function placeOf(rollout: Rollout, index: number): Place {
  if (rollout.state === "promoted") return "over";
  const { isLive, stage } = rollout;
  if (index < stage) return "over";
  if (index === stage) return isLive ? "now" : "ended";
  return isLive ? "ahead" : "missed";
}

/** The steps to promotion, and where the rollout is. */
export function StageBar({ rollout }: { rollout: Rollout }) {
  const steps = [
    ...rollout.stages.map(({ share, startedAt }, index) => ({
      title: `${share} %`,
      startedAt,
      place: placeOf(rollout, index),
    })),
    {
      title: "Promoted",
      startedAt: rollout.state === "promoted" ? rollout.endedAt : null,
      place: placeOf(rollout, rollout.stages.length),
    },
  ];
  return (
    <Group component="ol" gap="xs" m={0} p={0} style={{ listStyle: "none" }} aria-label="Stages">
      {steps.map(({ title, startedAt, place }) => (
        <Box
          component="li"
          key={title}
          p="sm"
          bdrs="md"
          style={{ border: BORDERS[place], flex: "1 1 120px" }}
          {...(place === "now" ? { "aria-current": "step" as const } : {})}
        >
          <Group gap={6} wrap="nowrap">
            {place === "over" && <Icon name="check" size={14} />}
            <Text fw={600}>{title}</Text>
          </Group>
          <Text size="xs" c="dimmed">
            {WORDS[place]}
            {startedAt !== null && (
              <>
                {" "}
                · began <Age at={startedAt} />
              </>
            )}
          </Text>
        </Box>
      ))}
    </Group>
  );
}
