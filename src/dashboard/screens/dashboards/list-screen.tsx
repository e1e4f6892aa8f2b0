import {
  Anchor,
  Button,
  Group,
  Modal,
  Paper,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, useNavigate } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";

import { Empty } from "../../parts/empty.tsx";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Age } from "../../parts/shown.tsx";
import { useProject } from "../../shell/project.ts";
import { useCreateDashboard, useDashboards } from "./queries.ts";

function NewDashboard() {
  const { id } = useProject();
  const navigate = useNavigate();
  const [opened, { open, close }] = useDisclosure();
  const [name, setName] = useState("");
  const create = useCreateDashboard();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    create.mutate(name, {
      onSuccess: ({ id: dashboardId }) =>
        void navigate({
          to: "/projects/$projectId/dashboards/$dashboardId",
          params: { projectId: id, dashboardId },
        }),
    });
  };
  return (
    <>
      <Button leftSection={<Icon name="plus" size={16} />} onClick={open}>
        New dashboard
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title="New dashboard"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label="Name"
              required
              maxLength={100}
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            {create.error && <ErrorPanel error={create.error} title="That was not saved" />}
            <Button type="submit" loading={create.isPending} disabled={name.trim() === ""}>
              Create
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

/** The project's dashboards. */
export function DashboardsScreen() {
  const { id, may } = useProject();
  const query = useDashboards();
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1}>Dashboards</Title>
        {may("write") && <NewDashboard />}
      </Group>
      <Loaded query={query}>
        {(dashboards) =>
          dashboards.length === 0 ? (
            <Empty
              title="There is no dashboard yet"
              snippet={{
                label: "Save a dashboard through the API",
                text: `curl ${window.location.origin}/api/public/dashboards \\
  -u "$PROMPTSIDE_PUBLIC_KEY:$PROMPTSIDE_SECRET_KEY" \\
  -H 'content-type: application/json' \\
  -d '{"name": "Support", "panels": [{"chart": "volume", "prompt": "support-reply"}]}'`,
              }}
            >
              A dashboard holds charts of any prompts and metrics, arranged as you like, for
              everybody in the project. Its address is the link to share.
            </Empty>
          ) : (
            <Paper withBorder>
              <Table verticalSpacing="sm">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th ta="right">Charts</Table.Th>
                    <Table.Th>Changed</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {dashboards.map((dashboard) => (
                    <Table.Tr key={dashboard.id}>
                      <Table.Td>
                        <Anchor
                          renderRoot={(props) => (
                            <Link
                              {...props}
                              to="/projects/$projectId/dashboards/$dashboardId"
                              params={{ projectId: id, dashboardId: dashboard.id }}
                            />
                          )}
                        >
                          {dashboard.name}
                        </Anchor>
                      </Table.Td>
                      <Table.Td ta="right">{dashboard.panelCount}</Table.Td>
                      <Table.Td>
                        <Text size="sm">
                          <Age at={dashboard.updatedAt} />
                        </Text>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Paper>
          )
        }
      </Loaded>
    </Stack>
  );
}
