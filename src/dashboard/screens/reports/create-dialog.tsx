import { Checkbox, Group, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import type { ReportSummary } from "../../../features/reports/contract.ts";
import { wallClock } from "../../../lib/time/zone.ts";
import { fieldError } from "../../parts/field-error.ts";
import { FormDialog } from "../../parts/form-dialog.tsx";
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
  const create = async (): Promise<void> => {
    const { id } = await api.send<ReportSummary>("POST", "/api/public/reports", {
      from,
      to,
      notify,
    });
    await queries.invalidateQueries({ queryKey: [projectId, "reports"] });
    await navigate({
      to: "/projects/$projectId/reports/$reportId",
      params: { projectId, reportId: id },
    });
  };
  return (
    <FormDialog
      title="New report"
      confirm="Make it"
      failure="It was not asked for"
      fields={["from", "to"]}
      onClose={onClose}
      onConfirm={create}
    >
      {(error) => (
        <>
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
        </>
      )}
    </FormDialog>
  );
}
