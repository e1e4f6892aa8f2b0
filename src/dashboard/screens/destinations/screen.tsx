import { Button, Group, Stack, Tabs, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { getRouteApi, useNavigate } from "@tanstack/react-router";

import { Icon } from "../../parts/icon.tsx";
import { CreateDialog } from "./create-dialog.tsx";
import { DeliveryLog } from "./delivery-log.tsx";
import { DestinationTable } from "./destination-table.tsx";

const route = getRouteApi("/projects/$projectId/destinations");

/** Where notifications go, and what became of each. */
export function DestinationsScreen() {
  const { view } = route.useSearch();
  const navigate = useNavigate();
  const [creating, { open, close }] = useDisclosure();
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1}>Destinations</Title>
        <Button leftSection={<Icon name="plus" size={16} />} onClick={open}>
          New destination
        </Button>
      </Group>
      <Tabs
        value={view ?? "destinations"}
        keepMounted={false}
        onChange={(value) =>
          void navigate({ to: ".", search: value === "log" ? { view: "log" } : {} })
        }
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="destinations">Destinations</Tabs.Tab>
          <Tabs.Tab value="log">Delivery log</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="destinations">
          <DestinationTable onCreate={open} />
        </Tabs.Panel>
        <Tabs.Panel value="log">
          <DeliveryLog />
        </Tabs.Panel>
      </Tabs>
      <CreateDialog opened={creating} onClose={close} />
    </Stack>
  );
}
