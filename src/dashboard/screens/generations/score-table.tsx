import { Box, Table, Text } from "@mantine/core";
import type { z } from "zod";

import type { Score } from "../../../features/scores/contract.ts";
import { Instant } from "../../parts/shown.tsx";
import { scoreText } from "./score-badges.tsx";

type ScoreView = z.infer<typeof Score>;

/** Scores in full: who judged, what, when and why. */
export const ScoreTable = ({ scores }: { scores: readonly ScoreView[] }) => (
  <Box className="wide-table">
    <Table fz="sm">
      <Table.Thead>
        <Table.Tr>
          {["Score", "Value", "Source", "At"].map((title) => (
            <Table.Th key={title}>{title}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {scores.map((score) => {
          const { text, exact } = scoreText({
            value: score.value ?? null,
            stringValue: score.stringValue ?? null,
          });
          return (
            <Table.Tr key={score.id}>
              <Table.Td>
                {score.name}
                {score.comment && (
                  <Text size="xs" c="dimmed" className="verbatim">
                    {score.comment}
                  </Text>
                )}
              </Table.Td>
              <Table.Td title={exact}>{text}</Table.Td>
              <Table.Td>{score.source}</Table.Td>
              <Table.Td>
                <Instant at={score.timestamp} />
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  </Box>
);
