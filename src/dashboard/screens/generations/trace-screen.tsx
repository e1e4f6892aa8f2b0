import { Box, Grid, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";

import { money, duration } from "../../format/number.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { Exact, Instant } from "../../parts/shown.tsx";
import { Fact } from "./fact.tsx";
import { GenerationsLink } from "./links.tsx";
import { ObservationDetail } from "./observation-detail.tsx";
import { PayloadView } from "./payload-view.tsx";
import { type TraceView, useTrace } from "./queries.ts";
import { ScoreTable } from "./score-table.tsx";
import { traceNodes } from "./tree.ts";
import { Waterfall } from "./waterfall.tsx";

const MS_PER_S = 1000;

const route = getRouteApi("/projects/$projectId/traces/$traceId");

function Trace({ trace }: { trace: TraceView }) {
  const { observation } = route.useSearch();
  const nodes = traceNodes(trace.observations);
  const shown = nodes.find((node) => node.observation.id === observation) ?? nodes[0];
  const ofTrace = trace.scores.filter(({ observationId }) => !observationId);
  return (
    <Stack>
      <Group gap="xl">
        <Fact name="Started">
          <Instant at={trace.timestamp} />
        </Fact>
        <Fact name="Took">
          <Exact {...duration(trace.latency === null ? null : trace.latency * MS_PER_S)} />
        </Fact>
        <Fact name="Cost">
          <Exact {...money(trace.totalCost)} />
        </Fact>
        <Fact name="Environment">{trace.environment}</Fact>
        {trace.userId !== null && (
          <Fact name="User">
            <GenerationsLink search={{ userId: trace.userId }}>{trace.userId}</GenerationsLink>
          </Fact>
        )}
        {trace.sessionId !== null && (
          <Fact name="Session">
            <GenerationsLink search={{ sessionId: trace.sessionId }}>
              {trace.sessionId}
            </GenerationsLink>
          </Fact>
        )}
        {trace.release !== null && <Fact name="Release">{trace.release}</Fact>}
        {trace.tags.length > 0 && <Fact name="Tags">{trace.tags.join(", ")}</Fact>}
      </Group>
      <Grid>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Paper withBorder p="md" component="section" aria-label="Observations">
            <Title order={2} mb="xs">
              Observations
            </Title>
            {nodes.length > 0 ? (
              <Waterfall
                traceId={trace.id}
                nodes={nodes}
                shown={shown?.observation.id}
                totalMs={trace.latency === null ? null : trace.latency * MS_PER_S}
              />
            ) : (
              <Text c="dimmed">This trace has no observations.</Text>
            )}
          </Paper>
          {ofTrace.length > 0 && (
            <Paper withBorder p="md" mt="md" component="section" aria-label="Scores of the trace">
              <Title order={2} mb="xs">
                Scores of the trace
              </Title>
              <ScoreTable scores={ofTrace} />
            </Paper>
          )}
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 7 }}>
          {shown ? (
            <ObservationDetail
              observation={shown.observation}
              scores={trace.scores.filter((score) => score.observationId === shown.observation.id)}
            />
          ) : (
            <Stack>
              <PayloadView label="Input" payload={trace.input} />
              <PayloadView label="Output" payload={trace.output} />
            </Stack>
          )}
        </Grid.Col>
      </Grid>
    </Stack>
  );
}

/** One trace: what happened in it, when, at what cost, and what was said. */
export function TraceScreen() {
  const { traceId } = route.useParams();
  const query = useTrace(traceId);
  return (
    <Stack>
      <Box>
        <Title order={1}>{query.data?.name ?? "Trace"}</Title>
        <Text size="sm" c="dimmed" className="verbatim">
          {traceId}
        </Text>
      </Box>
      <Loaded query={query}>{(trace) => <Trace trace={trace} />}</Loaded>
    </Stack>
  );
}
