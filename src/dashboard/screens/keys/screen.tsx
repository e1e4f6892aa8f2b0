import { Stack, Tabs } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { getRouteApi, useNavigate } from "@tanstack/react-router";

import { ListHead, NewButton } from "../../parts/list-head.tsx";
import { Only } from "../../parts/only.tsx";
import { CreateKeyDialog } from "./create-key.tsx";
import { KeyTable } from "./key-table.tsx";
import { CreateSourceDialog } from "./source-dialogs.tsx";
import { SourceTable } from "./source-table.tsx";

const route = getRouteApi("/projects/$projectId/keys");

function Keys() {
  const { view = "keys" } = route.useSearch();
  const navigate = useNavigate();
  const [creating, { open, close }] = useDisclosure();
  return (
    <Stack>
      <ListHead title="Keys and sources">
        <NewButton onClick={open}>{view === "keys" ? "New key" : "New source"}</NewButton>
      </ListHead>
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
      {creating && view === "keys" && <CreateKeyDialog onClose={close} />}
      {creating && view === "sources" && <CreateSourceDialog onClose={close} />}
    </Stack>
  );
}

/** Who may call this project, and who may post to it. */
export const KeysScreen = () => (
  <Only scope="admin">
    <Keys />
  </Only>
);
