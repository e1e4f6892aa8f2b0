import { Anchor, Button, CopyButton, Grid, Group, Menu, Modal, Stack, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import type { Dashboard, Panel } from "../../../features/dashboards/contract.ts";
import { Empty } from "../../parts/empty.tsx";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { useProject } from "../../shell/project.ts";
import { usePrompts } from "../metrics/prompt-choice.tsx";
import { PanelForm } from "./panel-form.tsx";
import { PanelView } from "./panel-view.tsx";
import { COLUMNS, moved, newPanel, titleOf } from "./panels.ts";
import { useChangeDashboard, useDashboard, useDeleteDashboard } from "./queries.ts";
import { WindowChoice } from "./window-choice.tsx";

/** What may be done with one panel; all of it by keyboard as well. */
const PanelMenu = ({
  place,
  count,
  onMove,
  onEdit,
  onRemove,
}: {
  place: number;
  count: number;
  onMove: (by: 1 | -1) => void;
  onEdit: () => void;
  onRemove: () => void;
}) => (
  <>
    <Menu.Divider />
    <Menu.Item onClick={onEdit}>Change</Menu.Item>
    <Menu.Item disabled={place === 0} onClick={() => onMove(-1)}>
      Move earlier
    </Menu.Item>
    <Menu.Item disabled={place === count - 1} onClick={() => onMove(1)}>
      Move later
    </Menu.Item>
    <Menu.Item color="red" onClick={onRemove}>
      Remove
    </Menu.Item>
  </>
);

function DeleteDashboard({ dashboard }: { dashboard: Dashboard }) {
  const { id } = useProject();
  const navigate = useNavigate();
  const [opened, { open, close }] = useDisclosure();
  const remove = useDeleteDashboard();
  return (
    <>
      <Button variant="default" size="xs" onClick={open}>
        Delete
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={`Delete ${dashboard.name}?`}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <Stack>
          It is gone for everybody in the project. The numbers stay.
          {remove.error && <ErrorPanel error={remove.error} title="It was not deleted" />}
          <Button
            color="red"
            loading={remove.isPending}
            onClick={() =>
              remove.mutate(dashboard.id, {
                onSuccess: () =>
                  void navigate({
                    to: "/projects/$projectId/dashboards",
                    params: { projectId: id },
                  }),
              })
            }
          >
            Delete
          </Button>
        </Stack>
      </Modal>
    </>
  );
}

const ShareButton = () => (
  <CopyButton value={window.location.href}>
    {({ copied, copy }) => (
      <Button variant="default" size="xs" onClick={copy}>
        {copied ? "Copied" : "Copy link"}
      </Button>
    )}
  </CopyButton>
);

/** The panel that a form is open for: a new one, or the one at a place. */
type Edited = { place: number | null; panel: Panel };

function Panels({
  dashboard,
  isEditor,
  write,
  edit,
}: {
  dashboard: Dashboard;
  isEditor: boolean;
  write: (panels: Panel[]) => void;
  edit: (edited: Edited) => void;
}) {
  const { panels } = dashboard;
  return (
    <Grid>
      {panels.map((panel, place) => (
        <Grid.Col
          // Panels have no id: what they show and where says which is which.
          key={`${place} ${JSON.stringify(panel)}`}
          span={{ base: 12, lg: COLUMNS[panel.width] }}
        >
          <PanelView
            panel={panel}
            dashboard={dashboard}
            menu={
              isEditor && (
                <PanelMenu
                  place={place}
                  count={panels.length}
                  onMove={(by) => write(moved(panels, place, by))}
                  onEdit={() => edit({ place, panel })}
                  onRemove={() => write(panels.toSpliced(place, 1))}
                />
              )
            }
          />
        </Grid.Col>
      ))}
    </Grid>
  );
}

type Save = ReturnType<typeof useChangeDashboard>;

function PanelModal({
  edited,
  dashboard,
  save,
  onSave,
  onClose,
}: {
  edited: Edited | undefined;
  dashboard: Dashboard;
  save: Save;
  onSave: (panels: Panel[]) => void;
  onClose: () => void;
}) {
  const { panels } = dashboard;
  return (
    <Modal
      opened={edited !== undefined}
      onClose={onClose}
      title={edited && edited.place !== null ? titleOf(edited.panel) : "New chart"}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {edited && (
        <PanelForm
          initial={edited.panel}
          dashboard={dashboard}
          saving={save.isPending}
          error={save.error}
          onSave={(panel) =>
            onSave(edited.place === null ? [...panels, panel] : panels.with(edited.place, panel))
          }
        />
      )}
    </Modal>
  );
}

/** Opens the form for a new chart, of the prompt that was charted last. */
function AddButton({ dashboard, edit }: { dashboard: Dashboard; edit: (edited: Edited) => void }) {
  const prompts = usePrompts();
  const prompt = dashboard.panels.at(-1)?.prompt ?? prompts.data?.data[0]?.name;
  return (
    <Button
      size="xs"
      disabled={prompt === undefined}
      leftSection={<Icon name="plus" size={14} />}
      onClick={() => prompt !== undefined && edit({ place: null, panel: newPanel(prompt) })}
    >
      Add a chart
    </Button>
  );
}

function OfDashboard({ dashboard }: { dashboard: Dashboard }) {
  const { may } = useProject();
  const isEditor = may("write");
  const save = useChangeDashboard(dashboard);
  const [edited, setEdited] = useState<Edited>();
  const edit = (next: Edited): void => {
    save.reset();
    setEdited(next);
  };
  const write = (panels: Panel[]): void =>
    save.mutate({ panels }, { onSuccess: () => setEdited(undefined) });
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1}>{dashboard.name}</Title>
        <Group gap="xs">
          <ShareButton />
          {isEditor && <DeleteDashboard dashboard={dashboard} />}
          {isEditor && <AddButton dashboard={dashboard} edit={edit} />}
        </Group>
      </Group>
      <WindowChoice
        key={dashboard.rev}
        window={dashboard.window}
        disabled={!isEditor || save.isPending}
        onChange={(window) => save.mutate({ window })}
      />
      {save.error && !edited && <ErrorPanel error={save.error} title="That was not saved" />}
      {dashboard.panels.length === 0 && (
        <Empty title="This dashboard is empty">
          {isEditor
            ? "Add a chart of any prompt and metric of the project."
            : "Somebody who may write can add charts to it."}
        </Empty>
      )}
      <Panels dashboard={dashboard} isEditor={isEditor} write={write} edit={edit} />
      <PanelModal
        edited={edited}
        dashboard={dashboard}
        save={save}
        onSave={write}
        onClose={() => setEdited(undefined)}
      />
    </Stack>
  );
}

const route = getRouteApi("/projects/$projectId/dashboards/$dashboardId");

/** One dashboard; its address is the link to share. */
export function DashboardScreen() {
  const { id } = useProject();
  const { dashboardId } = route.useParams();
  const query = useDashboard(dashboardId);
  return (
    <Stack gap="xs">
      <Anchor
        size="sm"
        renderRoot={(props) => (
          <Link {...props} to="/projects/$projectId/dashboards" params={{ projectId: id }} />
        )}
      >
        All dashboards
      </Anchor>
      <Loaded query={query}>{(dashboard) => <OfDashboard dashboard={dashboard} />}</Loaded>
    </Stack>
  );
}
