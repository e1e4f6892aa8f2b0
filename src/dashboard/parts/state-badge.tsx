import { Badge } from "@mantine/core";

/** A state in its own word; the colour only repeats it. */
export const StateBadge = ({ state, colour }: { state: string; colour: string }) => (
  <Badge
    variant="light"
    color={colour}
    tt="none"
    autoContrast={false}
    c="var(--mantine-color-text)"
    leftSection={
      <span
        aria-hidden
        style={{
          display: "inline-block",
          width: 8,
          height: 8,
          borderRadius: 4,
          background: `var(--mantine-color-${colour}-6)`,
        }}
      />
    }
  >
    {state.replaceAll("_", " ")}
  </Badge>
);
