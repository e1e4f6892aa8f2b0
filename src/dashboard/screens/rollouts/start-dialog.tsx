import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";

import type { Rollout, RolloutForecast } from "../../../features/rollouts/contract.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { isSaidByFields } from "../../parts/field-error.ts";
import { useProject } from "../../shell/project.ts";
import { ForecastPanel } from "./forecast-panel.tsx";
import { PlanFields } from "./plan-fields.tsx";
import { bodyOf, FIELDS, firstPlan, type Plan } from "./plan.ts";

/** Plans a rollout, shows what it would take, and starts it. */
export function StartDialog({ prompt, onClose }: { prompt: string; onClose: () => void }) {
  const { id: projectId, api } = useProject();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [plan, setPlan] = useState<Plan>(() => firstPlan(prompt));
  const forecast = useMutation({
    mutationFn: () =>
      api.send<RolloutForecast>("POST", "/api/public/rollouts/forecast", bodyOf(plan)),
  });
  const starting = useMutation({
    mutationFn: () => api.send<Rollout>("POST", "/api/public/rollouts", bodyOf(plan)),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: [projectId, "rollouts"] });
      await navigate({
        to: "/projects/$projectId/rollouts/$rolloutId",
        params: { projectId, rolloutId: id },
      });
    },
  });
  const error = starting.error ?? forecast.error;
  const change = (part: Partial<Plan>): void => {
    setPlan((before) => ({ ...before, ...part }));
    // A forecast is of the plan that was asked for, not of this one.
    forecast.reset();
    starting.reset();
  };
  return (
    <Modal opened onClose={onClose} title="Start a rollout" size="xl">
      <form
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          if (forecast.data) starting.mutate();
          else forecast.mutate();
        }}
      >
        <Stack>
          <PlanFields plan={plan} error={error} onChange={change} />
          {error && !isSaidByFields(error, FIELDS) && (
            <ErrorPanel error={error} title="This plan cannot be started" />
          )}
          {forecast.data && <ForecastPanel answer={forecast.data} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={forecast.isPending || starting.isPending}>
              {forecast.data ? "Start it" : "Forecast"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
