import { Alert, Group, Paper, SimpleGrid, Stack, Title } from "@mantine/core";
import type { z } from "zod";

import type { Score } from "../../../features/scores/contract.ts";
import { count, duration, money } from "../../format/number.ts";
import { Exact, Instant } from "../../parts/shown.tsx";
import { Fact } from "./fact.tsx";
import { PromptLink } from "./links.tsx";
import { PayloadView } from "./payload-view.tsx";
import { ScoreTable } from "./score-table.tsx";
import type { TraceObservation } from "./tree.ts";

const inMs = (seconds: number | null): number | null => (seconds === null ? null : seconds * 1000);

const isEmpty = (record: Record<string, unknown>): boolean => Object.keys(record).length === 0;

/** Counts or amounts by kind: what was said of them, in the order of the kinds. */
const Parts = ({
  record,
  text,
}: {
  record: Record<string, number>;
  text: (value: number) => { text: string; exact: string };
}) => (
  <Group gap="md">
    {Object.entries(record)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, value]) => (
        <span key={kind}>
          {kind} <Exact {...text(value)} />
        </span>
      ))}
  </Group>
);

/** One observation in full. */
export function ObservationDetail({
  observation,
  scores,
}: {
  observation: TraceObservation;
  scores: readonly z.infer<typeof Score>[];
}) {
  const { usageDetails, costDetails, modelParameters, metadata } = observation;
  return (
    <Paper withBorder p="md" component="section" aria-label="Observation">
      <Stack>
        <Title order={2}>{observation.name ?? observation.type.toLowerCase()}</Title>
        {observation.level === "ERROR" && (
          <Alert color="red" variant="light" title="This failed">
            {observation.statusMessage ?? "No reason was given."}
          </Alert>
        )}
        <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="sm">
          <Fact name="Started">
            <Instant at={observation.startTime} />
          </Fact>
          <Fact name="Took">
            <Exact {...duration(inMs(observation.latency))} />
          </Fact>
          <Fact name="First token after">
            <Exact {...duration(inMs(observation.timeToFirstToken))} />
          </Fact>
          <Fact name="Model">{observation.model ?? "–"}</Fact>
          <Fact name="Cost">
            <Exact {...money(observation.calculatedTotalCost)} />
          </Fact>
          <Fact name="Environment">{observation.environment}</Fact>
          {observation.promptName !== null && (
            <Fact name="Prompt">
              <PromptLink name={observation.promptName} version={observation.promptVersion} />
            </Fact>
          )}
        </SimpleGrid>
        {!isEmpty(usageDetails) && (
          <Fact name="Tokens">
            <Parts record={usageDetails} text={count} />
          </Fact>
        )}
        {!isEmpty(costDetails) && (
          <Fact name="Cost by kind">
            <Parts record={costDetails} text={money} />
          </Fact>
        )}
        {scores.length > 0 && (
          <Fact name="Scores">
            <ScoreTable scores={scores} />
          </Fact>
        )}
        <PayloadView label="Input" payload={observation.input} />
        <PayloadView label="Output" payload={observation.output} />
        {!isEmpty(modelParameters) && (
          <PayloadView label="Parameters of the model" payload={modelParameters} />
        )}
        {!isEmpty(metadata) && <PayloadView label="Metadata" payload={metadata} />}
      </Stack>
    </Paper>
  );
}
