import { Badge, Box, Button, Group, Stack, Table, Text, Title } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";

import { count, duration, money } from "../../format/number.ts";
import { Empty } from "../../parts/empty.tsx";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { Lines } from "../../parts/loaded.tsx";
import { Exact, Instant } from "../../parts/shown.tsx";
import { WindowBar } from "../../parts/window-bar.tsx";
import { Filters } from "./filters.tsx";
import { PromptLink, TraceLink } from "./links.tsx";
import { type GenerationView, useGenerations } from "./queries.ts";
import { ScoreBadges } from "./score-badges.tsx";
import { type GenerationsSearch, readGenerationsSearch } from "./search.ts";

const Row = ({ generation }: { generation: GenerationView }) => {
  const { input, output } = generation.usageDetails;
  return (
    <Table.Tr>
      <Table.Td>
        <TraceLink traceId={generation.traceId} observation={generation.id}>
          <Instant at={generation.startTime} />
        </TraceLink>
        {generation.level === "ERROR" && (
          <Badge
            tt="none"
            color="red"
            variant="light"
            size="xs"
            ml={6}
            title={generation.statusMessage ?? ""}
          >
            failed
          </Badge>
        )}
      </Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        <PromptLink name={generation.promptName} version={generation.promptVersion} />
      </Table.Td>
      <Table.Td>
        <Text size="sm">{generation.model ?? "–"}</Text>
        <Text size="xs" c="dimmed">
          {generation.environment}
        </Text>
      </Table.Td>
      <Table.Td ta="right">
        <Exact {...duration(generation.latencyMs)} />
      </Table.Td>
      <Table.Td ta="right">
        <Exact {...duration(generation.timeToFirstTokenMs)} />
      </Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: "nowrap" }}>
        <Exact {...count(input)} /> / <Exact {...count(output)} />
      </Table.Td>
      <Table.Td ta="right">
        <Exact {...money(generation.costUsd)} />
      </Table.Td>
      <Table.Td>
        <Text size="sm" maw={140} truncate title={generation.userId ?? ""}>
          {generation.userId ?? "–"}
        </Text>
      </Table.Td>
      <Table.Td>
        <ScoreBadges scores={generation.scores} />
      </Table.Td>
    </Table.Tr>
  );
};

const HEADS: [title: string, align: "left" | "right"][] = [
  ["Started", "left"],
  ["Prompt", "left"],
  ["Model", "left"],
  ["Latency", "right"],
  ["First token", "right"],
  ["Tokens in / out", "right"],
  ["Cost", "right"],
  ["User", "left"],
  ["Scores", "left"],
];

const Generations = ({ rows }: { rows: readonly GenerationView[] }) => (
  <Box className="wide-table" tabIndex={0} role="region" aria-label="Generations">
    <Table highlightOnHover verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          {HEADS.map(([title, align]) => (
            <Table.Th key={title} ta={align} style={{ whiteSpace: "nowrap" }}>
              {title}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((generation) => (
          <Row key={`${generation.traceId} ${generation.id}`} generation={generation} />
        ))}
      </Table.Tbody>
    </Table>
  </Box>
);

const Nothing = () => (
  <Empty
    title="No generation passes these filters"
    snippet={{
      label: "Where SDKs send generations to",
      text: `export LANGFUSE_HOST=${window.location.origin}
export LANGFUSE_PUBLIC_KEY=pk-…
export LANGFUSE_SECRET_KEY=sk-…`,
    }}
  >
    Only generations that are linked to a prompt are listed here, or all of one trace or session. A
    longer time may hold some.
  </Empty>
);

/** What was found so far, and how to find more. */
function Found({ filters }: { filters: GenerationsSearch }) {
  const query = useGenerations(filters);
  const rows = query.data?.pages.flatMap(({ data }) => data) ?? [];
  if (query.isPending) return <Lines count={10} />;
  if (query.error && !query.data) {
    return <ErrorPanel error={query.error} retry={() => void query.refetch()} />;
  }
  return (
    <>
      {rows.length > 0 && <Generations rows={rows} />}
      {query.error && <ErrorPanel error={query.error} retry={() => void query.fetchNextPage()} />}
      {query.hasNextPage ? (
        <Group>
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {rows.length === 0 ? "Look further back" : "Show more"}
          </Button>
          <Text size="sm" c="dimmed">
            {count(rows.length).text} shown, newest first
          </Text>
        </Group>
      ) : (
        rows.length === 0 && <Nothing />
      )}
    </>
  );
}

const route = getRouteApi("/projects/$projectId/generations");

/** The generations behind the numbers. */
export function GenerationsScreen() {
  const navigate = route.useNavigate();
  const filters = readGenerationsSearch(route.useSearch());
  const isOfAllTime = filters.traceId !== undefined || filters.sessionId !== undefined;
  return (
    <Stack>
      <Title order={1}>Generations</Title>
      <WindowBar />
      {isOfAllTime && (
        <Text size="sm" c="dimmed">
          The generations of one trace or session are shown whenever they were.
        </Text>
      )}
      <Filters
        key={JSON.stringify(filters)}
        search={filters}
        onChange={(change) =>
          void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
        }
      />
      <Found filters={filters} />
    </Stack>
  );
}
