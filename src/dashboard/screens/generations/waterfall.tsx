import { Box, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { duration, money } from "../../format/number.ts";
import { useProject } from "../../shell/project.ts";
import type { TraceNode } from "./tree.ts";

const INDENT = 14;
const LEAST_PERCENT = 0.6;

function Bar({ node }: { node: TraceNode }) {
  const { offset, width, observation } = node;
  const colour =
    observation.level === "ERROR" ? "red" : observation.type === "GENERATION" ? "blue" : "gray";
  const left = Math.min(100 - LEAST_PERCENT, offset * 100);
  return (
    <Box h={6} mt={4} pos="relative" bg="var(--mantine-color-default-border)" bdrs="sm">
      <Box
        pos="absolute"
        h="100%"
        bdrs="sm"
        bg={`${colour}.6`}
        left={`${left}%`}
        w={`${Math.max(LEAST_PERCENT, Math.min(100 - left, (width ?? 0) * 100))}%`}
      />
    </Box>
  );
}

const nameOf = ({ observation }: TraceNode): string =>
  observation.name ?? observation.type.toLowerCase();

/** A trace's observations below each other as they called each other, and beside each other in time. */
export function Waterfall({
  traceId,
  nodes,
  shown,
  totalMs,
}: {
  traceId: string;
  nodes: readonly TraceNode[];
  shown: string | undefined;
  totalMs: number | null;
}) {
  const { id } = useProject();
  return (
    <Box component="ul" m={0} p={0} style={{ listStyle: "none" }}>
      {nodes.map((node) => {
        const { observation, depth, isOrphan } = node;
        const isShown = observation.id === shown;
        const took = observation.latency === null ? null : observation.latency * 1000;
        return (
          <Box component="li" key={observation.id}>
            <Link
              to="/projects/$projectId/traces/$traceId"
              params={{ projectId: id, traceId }}
              search={{ observation: observation.id }}
              replace
              aria-current={isShown ? "true" : undefined}
              style={{
                display: "block",
                color: "inherit",
                textDecoration: "none",
                padding: "6px 8px",
                borderRadius: 6,
                borderLeft: `3px solid ${isShown ? "var(--mantine-primary-color-filled)" : "transparent"}`,
                background: isShown ? "var(--mantine-color-default-hover)" : "transparent",
              }}
            >
              <Group justify="space-between" wrap="nowrap" gap="xs" pl={depth * INDENT}>
                <Box miw={0}>
                  <Text size="sm" truncate fw={isShown ? 600 : 400}>
                    {nameOf(node)}
                  </Text>
                  <Text size="xs" c="dimmed" truncate>
                    {observation.type.toLowerCase()}
                    {observation.model === null ? "" : ` · ${observation.model}`}
                    {observation.level === "ERROR" ? " · failed" : ""}
                    {isOrphan ? " · its parent was not sent" : ""}
                  </Text>
                </Box>
                <Box ta="right" style={{ flexShrink: 0 }}>
                  <Text size="xs">{duration(took).text}</Text>
                  {observation.calculatedTotalCost !== null && (
                    <Text size="xs" c="dimmed">
                      {money(observation.calculatedTotalCost).text}
                    </Text>
                  )}
                </Box>
              </Group>
              <Bar node={node} />
            </Link>
          </Box>
        );
      })}
      <Text component="li" size="xs" c="dimmed" ta="right">
        The whole width is {duration(totalMs).text}
      </Text>
    </Box>
  );
}
