import { Button, Group, Stack, Tabs, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { getRouteApi, useNavigate } from "@tanstack/react-router";

import { Icon } from "../../parts/icon.tsx";
import { CreateKeyDialog } from "./create-key.tsx";
import { KeyTable } from "./key-table.tsx";
import { CreateSourceDialog, SourceTable } from "./source-table.tsx";

const route = getRouteApi("/projects/$projectId/keys");

/** Who may call this project, and who may post to it. */
export function KeysScreen() {
  const { view = "keys" } = route.useSearch();
  const navigate = useNavigate();
  const [creating, { open, close }] = useDisclosure();
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1}>Keys and sources</Title>
        <Button leftSection={<Icon name="plus" size={16} />} onClick={open}>
          {view === "keys" ? "New key" : "New source"}
        </Button>
      </Group>
      <Tabs
        value={view}
        keepMounted={false}
        onChange={(value) =>
          void navigate({ to: ".", search: value === "sources" ? { view: "sources" } : {} })
        }
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="keys">Keys</Tabs.Tab>
          <Tabs.Tab value="sources">Webhook sources</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="keys">
          <KeyTable />
        </Tabs.Panel>
        <Tabs.Panel value="sources">
          <SourceTable onCreate={open} />
        </Tabs.Panel>
      </Tabs>
      {view === "keys" ? (
        <CreateKeyDialog opened={creating} onClose={close} />
      ) : (
        <CreateSourceDialog opened={creating} onClose={close} />
      )}
    </Stack>
  );
}
