import { Button, Drawer, Group, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import type { DeliveryWithLog } from "../../../features/notifications/contract.ts";
import { duration } from "../../format/number.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Exact, Instant } from "../../parts/shown.tsx";
import { Snippet } from "../../parts/snippet.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useProject } from "../../shell/project.ts";
import { STATE_COLOURS } from "./words.ts";

type Attempt = DeliveryWithLog["log"][number];

const messageText = (first: string, headers: Record<string, string>, body: string): string =>
  [first, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), "", body].join(
    "\n",
  );

const AttemptLog = ({ number, at, durationMs, request, response, error }: Attempt) => (
  <Stack gap="xs">
    <Title order={3}>
      Attempt {number}, <Instant at={at} />, <Exact {...duration(durationMs)} />
    </Title>
    {request && (
      <Snippet
        label={`Request of attempt ${number}`}
        text={messageText(`${request.method} ${request.url}`, request.headers, request.body)}
      />
    )}
    {response && (
      <Snippet
        label={`Answer to attempt ${number}`}
        text={messageText(String(response.status), response.headers, response.body)}
      />
    )}
    {error !== null && <Text c="var(--mantine-color-error)">{error}</Text>}
  </Stack>
);

export function DeliveryDrawer({ id }: { id: string }) {
  const { id: projectId, api } = useProject();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const path = `/api/public/deliveries/${encodeURIComponent(id)}`;
  const query = useQuery({
    queryKey: [projectId, "deliveries", id],
    queryFn: ({ signal }) => api.get<DeliveryWithLog>(path, {}, signal),
  });
  const resending = useMutation({
    mutationFn: () => api.send("POST", `${path}/resend`),
    onSuccess: () => queries.invalidateQueries({ queryKey: [projectId, "deliveries"] }),
  });
  return (
    <Drawer
      opened
      position="right"
      size="lg"
      title="Delivery"
      onClose={() =>
        void navigate({ to: ".", search: (before) => ({ ...before, delivery: undefined }) })
      }
    >
      <Loaded query={query}>
        {({ event, state, outcome, nextAttemptAt, log }) => (
          <Stack>
            <Group>
              <Text fw={600}>{event.type}</Text>
              <StateBadge state={state} colour={STATE_COLOURS[state]} />
              <Button
                size="xs"
                variant="default"
                leftSection={<Icon name="retry" size={14} />}
                loading={resending.isPending}
                onClick={() => resending.mutate()}
              >
                Send again
              </Button>
            </Group>
            {outcome !== null && <Text size="sm">{outcome}</Text>}
            {nextAttemptAt !== null && (
              <Text size="sm">
                Next attempt <Instant at={nextAttemptAt} />
              </Text>
            )}
            {resending.error && <ErrorPanel error={resending.error} title="It was not sent" />}
            {log.map((attempt) => (
              <AttemptLog key={attempt.number} {...attempt} />
            ))}
          </Stack>
        )}
      </Loaded>
    </Drawer>
  );
}
