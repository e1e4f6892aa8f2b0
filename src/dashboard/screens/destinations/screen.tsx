import { Stack, Tabs } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { getRouteApi, useNavigate } from "@tanstack/react-router";

import { ListHead, NewButton } from "../../parts/list-head.tsx";
import { Only } from "../../parts/only.tsx";
import { CreateDialog } from "./create-dialog.tsx";
import { DeliveryLog } from "./delivery-log.tsx";
import { DestinationTable } from "./destination-table.tsx";

const route = getRouteApi("/projects/$projectId/destinations");

function Destinations() {
  const { view } = route.useSearch();
  const navigate = useNavigate();
  const [creating, { open, close }] = useDisclosure();
  return (
    <Stack>
      <ListHead title="Destinations">
        <NewButton onClick={open}>New destination</NewButton>
      </ListHead>
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
      {creating && <CreateDialog onClose={close} />}
    </Stack>
  );
}

/** Where notifications go, and what became of each. */
export const DestinationsScreen = () => (
  <Only scope="admin">
    <Destinations />
  </Only>
);
