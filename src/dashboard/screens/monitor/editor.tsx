import { Button, Group, Select, SimpleGrid, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";

import { MONITOR_KINDS, type MonitorKind } from "../../../features/monitors/model.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { fieldError, isSaidByFields } from "../../parts/field-error.ts";
import { useProject } from "../../shell/project.ts";
import type { AnyMonitor } from "../monitors/condition.ts";
import { FieldInput } from "./field-input.tsx";
import { changeOf, type Draft, draftOf, fieldsOf, isWhole, ruleOf } from "./fields.ts";
import { PreviewPanel } from "./preview-panel.tsx";

function useSave(monitorId: string | undefined, kind: MonitorKind, draft: Draft) {
  const { id: projectId, api } = useProject();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () =>
      monitorId === undefined
        ? api.send<AnyMonitor>("POST", "/api/public/monitors", ruleOf(kind, draft))
        : api.send<AnyMonitor>(
            "PATCH",
            `/api/public/monitors/${encodeURIComponent(monitorId)}`,
            changeOf(kind, draft),
          ),
    onSuccess: async ({ id }) => {
      notifications.show({ message: "It is saved." });
      await queries.invalidateQueries({ queryKey: [projectId, "monitors"] });
      if (monitorId !== undefined) return;
      await navigate({
        to: "/projects/$projectId/monitors/$monitorId",
        params: { projectId, monitorId: id },
      });
    },
  });
}

/** A rule and, below it, what it would have seen in the past. */
export function Editor({
  monitorId,
  kind: firstKind,
  draft: firstDraft,
}: {
  monitorId: string | undefined;
  kind: MonitorKind;
  draft: Draft;
}) {
  const { may } = useProject();
  const isNew = monitorId === undefined;
  const [kind, setKind] = useState(firstKind);
  const [draft, setDraft] = useState<Draft>(() => (isNew ? draftOf(kind, firstDraft) : firstDraft));
  const saving = useSave(monitorId, kind, draft);
  const fields = fieldsOf(kind);
  const change = (part: Draft): void => setDraft((before) => ({ ...before, ...part }));
  const choose = (value: MonitorKind | null): void => {
    if (value === null) return;
    setKind(value);
    setDraft(({ name, prompt, severity }) => draftOf(value, { name, prompt, severity }));
    saving.reset();
  };
  const isShownError =
    saving.error &&
    !isSaidByFields(
      saving.error,
      fields.map(({ name }) => name),
    );
  return (
    <Stack gap="lg">
      <form
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <Stack maw={900}>
          {isNew && (
            <Select
              label="Kind"
              data={[...MONITOR_KINDS]}
              value={kind}
              allowDeselect={false}
              maw={300}
              onChange={choose}
            />
          )}
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} style={{ alignItems: "end" }}>
            {fields.map((field) => (
              <FieldInput
                key={field.name}
                field={field}
                draft={draft}
                error={fieldError(saving.error, field.name)}
                isFixed={!may("write") || (!isNew && field.name === "prompt")}
                onChange={change}
              />
            ))}
          </SimpleGrid>
          {isShownError && <ErrorPanel error={saving.error} title="It was not saved" />}
          {may("write") && (
            <Group>
              <Button type="submit" loading={saving.isPending}>
                {isNew ? "Create" : "Save"}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
      {isWhole(kind, draft) && <PreviewPanel rule={ruleOf(kind, draft)} />}
    </Stack>
  );
}
