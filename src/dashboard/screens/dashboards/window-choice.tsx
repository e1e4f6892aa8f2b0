import { Group, Select, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";

import type { Dashboard } from "../../../features/dashboards/contract.ts";

type Window = Dashboard["window"];

const DAYS = [1, 7, 14, 30, 90, 365];
/** Hours are kept so long. */
const MOST_DAYS_OF_HOURS = 90;

const daysText = (days: number): string => (days === 1 ? "Last day" : `Last ${days} days`);

/** The time that all panels show, and for whom; saved with the dashboard. */
export function WindowChoice({
  window,
  disabled,
  onChange,
}: {
  window: Window;
  disabled: boolean;
  onChange: (window: Window) => void;
}) {
  const [environment, setEnvironment] = useState(window.environment ?? "");
  const apply = (): void => {
    const said = environment.trim() === "" ? null : environment.trim();
    if (said !== window.environment) onChange({ ...window, environment: said });
  };
  const days = [...new Set([...DAYS, window.days])].sort((a, b) => a - b);
  return (
    <Group gap="sm">
      <Select
        aria-label="Time"
        w={150}
        disabled={disabled}
        allowDeselect={false}
        data={days.map((each) => ({ value: String(each), label: daysText(each) }))}
        value={String(window.days)}
        onChange={(value) => {
          const days = Number(value);
          const granularity = days > MOST_DAYS_OF_HOURS ? "day" : window.granularity;
          onChange({ ...window, days, granularity });
        }}
      />
      <Select
        aria-label="Steps"
        w={130}
        disabled={disabled}
        allowDeselect={false}
        data={[
          { value: "day", label: "By the day" },
          {
            value: "hour",
            label: "By the hour",
            disabled: window.days > MOST_DAYS_OF_HOURS,
          },
        ]}
        value={window.granularity}
        onChange={(granularity) =>
          onChange({ ...window, granularity: granularity === "hour" ? "hour" : "day" })
        }
      />
      <form
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          apply();
        }}
      >
        <TextInput
          aria-label="Environment"
          placeholder="All environments"
          w={170}
          maxLength={40}
          disabled={disabled}
          value={environment}
          onChange={(event) => setEnvironment(event.currentTarget.value)}
          onBlur={apply}
        />
      </form>
    </Group>
  );
}
