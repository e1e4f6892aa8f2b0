import { Badge, Tooltip } from "@mantine/core";

const COLOURS: Record<string, string> = { production: "green", latest: "gray" };

/** A label of a prompt, and the version that it points at where that is not plain. */
export const LabelBadge = ({ label, version }: { label: string; version?: number }) => (
  <Tooltip
    label={`${label} points at version ${version ?? "–"}`}
    disabled={version === undefined}
    withArrow
  >
    <Badge
      variant="light"
      tt="none"
      color={COLOURS[label] ?? "blue"}
      c="var(--mantine-color-text)"
      fw={500}
      maw={220}
    >
      {version === undefined ? label : `${label} v${version}`}
    </Badge>
  </Tooltip>
);
