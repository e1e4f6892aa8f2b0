import { Alert, Button, Group, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";

import type {
  CreatedDestination,
  DeliveryWithLog,
  Destination,
} from "../../../features/notifications/contract.ts";
import { Empty } from "../../parts/empty.tsx";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { MoreMenu } from "../../parts/more-menu.tsx";
import { Pages, usePages } from "../../parts/pages.tsx";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { Age } from "../../parts/shown.tsx";
import { Snippet } from "../../parts/snippet.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { WideTable } from "../../parts/wide-table.tsx";
import { useProject } from "../../shell/project.ts";
import { filterText, KIND_NAMES, STATUS_COLOURS } from "./words.ts";

const path = ({ id }: Destination, below = ""): string => `/api/public/destinations/${id}${below}`;

/** What came of a test, or of a new secret. */
const Outcome = ({ isGood, text }: { isGood: boolean; text: string }) => (
  <Alert color={isGood ? "green" : "red"} variant="light" role="status">
    {text}
  </Alert>
);

/** What may be done with a destination. Each says above the list what came of it. */
function useDeeds(say: (what: ReactNode) => void) {
  const { id } = useProject();
  const queries = useQueryClient();
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: [id, "destinations"] }),
      queries.invalidateQueries({ queryKey: [id, "deliveries"] }),
    ]);
  return useMutation({
    mutationFn: async (deed: () => Promise<ReactNode>) => say(await deed()),
    onError: (error) => say(<ErrorPanel error={error} title="This was not done" />),
    onSettled: refresh,
  });
}

function Actions({
  destination,
  say,
  onDelete,
}: {
  destination: Destination;
  say: (what: ReactNode) => void;
  onDelete: () => void;
}) {
  const { api } = useProject();
  const deeds = useDeeds(say);
  const navigate = useNavigate();
  const test = async () => {
    const sent = await api.send<DeliveryWithLog>("POST", path(destination, "/test"));
    const isGood = sent.state === "delivered";
    return (
      <Outcome
        isGood={isGood}
        text={`${destination.name}: the test ${isGood ? "arrived" : "did not arrive"}. ${sent.outcome ?? ""}`}
      />
    );
  };
  const rotate = async () => {
    const { secret } = await api.send<CreatedDestination>("POST", path(destination, "/rotate"));
    return (
      <Stack gap="xs">
        <Outcome
          isGood
          text={`${destination.name} has a new secret, shown this once. The old one signs as well for 24 hours.`}
        />
        {secret !== undefined && <Snippet label="Signing secret" text={secret} />}
      </Stack>
    );
  };
  const setStatus = (status: "active" | "paused") => async () => {
    await api.send("PATCH", path(destination), { status });
    return null;
  };
  const isActive = destination.status === "active";
  return (
    <MoreMenu
      label={`What to do with ${destination.name}`}
      isBusy={deeds.isPending}
      deeds={[
        { name: "Send a test", act: () => deeds.mutate(test) },
        {
          name: "What it was sent",
          act: () =>
            void navigate({ to: ".", search: { view: "log", destination: destination.id } }),
        },
        {
          name: isActive ? "Pause" : "Bring back",
          act: () => deeds.mutate(setStatus(isActive ? "paused" : "active")),
        },
        ...(destination.kind === "webhook"
          ? [{ name: "New secret", act: () => deeds.mutate(rotate) }]
          : []),
        { name: "Delete", act: onDelete, isDangerous: true },
      ]}
    />
  );
}

function Row({ destination, children }: { destination: Destination; children: ReactNode }) {
  const { name, kind, address, filter, status, statusReason, failingSince } = destination;
  return (
    <Table.Tr>
      <Table.Td>
        <Text fw={600}>{name}</Text>
        <Text size="sm" c="dimmed" className="verbatim">
          {address}
        </Text>
      </Table.Td>
      <Table.Td>{KIND_NAMES[kind]}</Table.Td>
      <Table.Td>{filterText(filter)}</Table.Td>
      <Table.Td>
        <StateBadge state={status} colour={STATUS_COLOURS[status]} />
        {statusReason !== null && <Text size="sm">{statusReason}</Text>}
        {failingSince !== null && (
          <Text size="sm">
            failing since <Age at={failingSince} />
          </Text>
        )}
      </Table.Td>
      <Table.Td>{children}</Table.Td>
    </Table.Tr>
  );
}

export function DestinationTable({ onCreate }: { onCreate: () => void }) {
  const { id, api } = useProject();
  const queries = useQueryClient();
  const pages = usePages<Destination>("destinations", "/api/public/destinations");
  const [said, say] = useState<ReactNode>(null);
  const [leaving, setLeaving] = useState<Destination>();
  return (
    <Stack>
      {said}
      <Pages
        pages={pages}
        empty={
          <Empty
            title="Nobody is told yet"
            action={
              <Group>
                <Button onClick={onCreate}>New destination</Button>
              </Group>
            }
          >
            A destination gets deployments, rollouts, incidents and reports: Slack, a signed
            webhook, Teams, PagerDuty, GitHub or email.
          </Empty>
        }
      >
        {(rows) => (
          <WideTable
            label="Destinations"
            verticalSpacing="sm"
            isLastPinned
            miw={680}
            columns={["Destination", "Kind", "Gets", "Status", "Actions"]}
          >
            {rows.map((destination) => (
              <Row key={destination.id} destination={destination}>
                <Actions
                  destination={destination}
                  say={say}
                  onDelete={() => setLeaving(destination)}
                />
              </Row>
            ))}
          </WideTable>
        )}
      </Pages>
      <ReasonDialog
        opened={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        title={`Delete ${leaving?.name ?? ""}`}
        confirm="Delete"
        isDangerous
        label={null}
        onConfirm={async () => {
          if (!leaving) return;
          await api.send("DELETE", path(leaving));
          await queries.invalidateQueries({ queryKey: [id, "destinations"] });
        }}
      >
        <Text size="sm">It gets nothing any more. The log of what it was sent stays.</Text>
      </ReasonDialog>
    </Stack>
  );
}
