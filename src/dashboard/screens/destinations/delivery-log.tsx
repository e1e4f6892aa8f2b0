import { Anchor, Group, Select, Stack, Table, Text } from "@mantine/core";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";

import type { Delivery, Destination } from "../../../features/notifications/contract.ts";
import { DELIVERY_STATES, type DeliveryState } from "../../../features/notifications/model.ts";
import { Empty } from "../../parts/empty.tsx";
import { Pages, usePages } from "../../parts/pages.tsx";
import { Age } from "../../parts/shown.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { WideTable } from "../../parts/wide-table.tsx";
import { DeliveryDrawer } from "./delivery-drawer.tsx";
import { STATE_COLOURS } from "./words.ts";

const route = getRouteApi("/projects/$projectId/destinations");

function Filters({ destinations }: { destinations: readonly Destination[] }) {
  const { destination, state } = route.useSearch();
  const navigate = useNavigate();
  const change = (part: {
    destination?: string | undefined;
    state?: DeliveryState | undefined;
  }): void =>
    void navigate({ to: ".", search: (before) => ({ ...before, ...part }), replace: true });
  return (
    <Group>
      <Select
        aria-label="Destination"
        placeholder="All destinations"
        clearable
        data={destinations.map(({ id, name }) => ({ value: id, label: name }))}
        value={destination ?? null}
        onChange={(value) => change({ destination: value ?? undefined })}
      />
      <Select
        aria-label="State"
        placeholder="All states"
        clearable
        data={[...DELIVERY_STATES]}
        value={state ?? null}
        onChange={(value) => change({ state: value ?? undefined })}
      />
    </Group>
  );
}

/** What was sent, newest first; one delivery opens with what was asked and answered. */
export function DeliveryLog() {
  const { projectId } = route.useParams();
  const { destination, state, delivery } = route.useSearch();
  const known = usePages<Destination>("destinations", "/api/public/destinations");
  const destinations = known.data?.pages.flatMap(({ data }) => data) ?? [];
  const nameOf = (id: string): string => destinations.find((one) => one.id === id)?.name ?? id;
  const pages = usePages<Delivery>("deliveries", "/api/public/deliveries", { destination, state });
  return (
    <Stack>
      <Filters destinations={destinations} />
      <Pages
        pages={pages}
        empty={
          <Empty title="Nothing was sent">
            Deliveries stand here for 30 days, with what was asked and answered.
          </Empty>
        }
      >
        {(rows) => (
          <WideTable
            label="Deliveries"
            miw={680}
            columns={[
              "Event",
              "Destination",
              "State",
              { number: "Attempts" },
              "Outcome",
              "Created",
            ]}
          >
            {rows.map(({ id, event, destinationId, attempts, outcome, createdAt, ...row }) => (
              <Table.Tr key={id}>
                <Table.Td>
                  <Anchor
                    renderRoot={(props) => (
                      <Link
                        to="/projects/$projectId/destinations"
                        params={{ projectId }}
                        search={(before) => ({ ...before, delivery: id })}
                        {...props}
                      />
                    )}
                  >
                    {event.type}
                  </Anchor>
                </Table.Td>
                <Table.Td>{nameOf(destinationId)}</Table.Td>
                <Table.Td>
                  <StateBadge state={row.state} colour={STATE_COLOURS[row.state]} />
                </Table.Td>
                <Table.Td ta="right">{attempts}</Table.Td>
                <Table.Td>
                  <Text size="sm">{outcome ?? "–"}</Text>
                </Table.Td>
                <Table.Td>
                  <Age at={createdAt} />
                </Table.Td>
              </Table.Tr>
            ))}
          </WideTable>
        )}
      </Pages>
      {delivery !== undefined && <DeliveryDrawer id={delivery} />}
    </Stack>
  );
}
