import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { ErrorPanel } from "../../parts/error-panel.tsx";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { useProject } from "../../shell/project.ts";
import type { AnyMonitor } from "../monitors/condition.ts";

/** Mute, or take away. */
export function Deeds({ monitor }: { monitor: AnyMonitor }) {
  const { id: projectId, api } = useProject();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isLeaving, setLeaving] = useState(false);
  const [isMuting, setMuting] = useState(false);
  const path = `/api/public/monitors/${encodeURIComponent(monitor.id)}`;
  const refresh = () => queries.invalidateQueries({ queryKey: [projectId, "monitors"] });
  const unmuting = useMutation({
    mutationFn: () => api.send("POST", `${path}/unmute`, {}),
    onSuccess: refresh,
  });
  return (
    <Group gap="xs">
      {unmuting.error && <ErrorPanel error={unmuting.error} title="It is still muted" />}
      {monitor.muted ? (
        <Button variant="default" loading={unmuting.isPending} onClick={() => unmuting.mutate()}>
          Unmute
        </Button>
      ) : (
        <Button variant="default" onClick={() => setMuting(true)}>
          Mute
        </Button>
      )}
      {!monitor.builtIn && (
        <Button variant="default" c="var(--mantine-color-error)" onClick={() => setLeaving(true)}>
          Delete
        </Button>
      )}
      <ReasonDialog
        opened={isMuting}
        onClose={() => setMuting(false)}
        title={`Mute ${monitor.name}`}
        confirm="Mute"
        onConfirm={async (reason) => {
          await api.send("POST", `${path}/mute`, reason === undefined ? {} : { reason });
          await refresh();
        }}
      >
        <Text size="sm">Incidents are still opened and resolved, but nobody is told.</Text>
      </ReasonDialog>
      <ReasonDialog
        opened={isLeaving}
        onClose={() => setLeaving(false)}
        title={`Delete ${monitor.name}`}
        confirm="Delete"
        isDangerous
        label={null}
        onConfirm={async () => {
          await api.send("DELETE", path);
          await refresh();
          await navigate({ to: "/projects/$projectId/monitors", params: { projectId } });
        }}
      >
        <Text size="sm">Its incidents stay.</Text>
      </ReasonDialog>
    </Group>
  );
}
