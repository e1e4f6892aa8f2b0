import { Button, Checkbox, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";

import type { ReportSummary } from "../../../features/reports/contract.ts";
import { wallClock } from "../../../lib/time/zone.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { fieldError, isSaidByFields } from "../../parts/field-error.ts";
import { useMinute, useProject, useTimeZone } from "../../shell/project.ts";

const DAY_MS = 86_400_000;

/** Asks for a report of some days that are over; at first the last seven. */
export function CreateDialog({ onClose }: { onClose: () => void }) {
  const { id: projectId, api } = useProject();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const timeZone = useTimeZone();
  const nowMs = useMinute();
  const dayBefore = (days: number): string =>
    wallClock(timeZone, nowMs - days * DAY_MS).slice(0, 10);
  const [from, setFrom] = useState(dayBefore(7));
  const [to, setTo] = useState(dayBefore(1));
  const [notify, setNotify] = useState(false);
  const creating = useMutation({
    mutationFn: () => api.send<ReportSummary>("POST", "/api/public/reports", { from, to, notify }),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: [projectId, "reports"] });
      await navigate({
        to: "/projects/$projectId/reports/$reportId",
        params: { projectId, reportId: id },
      });
    },
  });
  const { error } = creating;
  return (
    <Modal opened onClose={onClose} title="New report" centered>
      <form
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          creating.mutate();
        }}
      >
        <Stack>
          <Group grow>
            <TextInput
              type="date"
              label="First day"
              required
              value={from}
              max={dayBefore(1)}
              error={fieldError(error, "from")}
              onChange={(event) => setFrom(event.currentTarget.value)}
            />
            <TextInput
              type="date"
              label="Last day"
              required
              value={to}
              max={dayBefore(1)}
              error={fieldError(error, "to")}
              onChange={(event) => setTo(event.currentTarget.value)}
            />
          </Group>
          <Checkbox
            label="Tell the destinations when it is ready"
            checked={notify}
            onChange={(event) => setNotify(event.currentTarget.checked)}
          />
          {error && !isSaidByFields(error, ["from", "to"]) && (
            <ErrorPanel error={error} title="It was not asked for" />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={creating.isPending}>
              Make it
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
