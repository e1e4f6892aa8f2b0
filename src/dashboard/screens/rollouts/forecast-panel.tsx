import { Alert, Stack, Table, Text } from "@mantine/core";

import type { RolloutForecast } from "../../../features/rollouts/contract.ts";
import { count, number } from "../../format/number.ts";
import { Exact } from "../../parts/shown.tsx";
import { WideTable } from "../../parts/wide-table.tsx";
import { guardrailName } from "./words.ts";

const hours = (value: number | null) =>
  value === null ? "never at this traffic" : <Exact {...number(value)} />;

/** What a plan would take at present traffic, before anything is started. */
export function ForecastPanel({ answer }: { answer: RolloutForecast }) {
  const { forecast, leftOut, problem } = answer;
  return (
    <Stack gap="sm">
      {problem !== null && (
        <Alert color="red" variant="light" title="It would be refused now" role="alert">
          {problem}
        </Alert>
      )}
      <Alert
        color={forecast.finishes ? "blue" : "orange"}
        variant="light"
        title={forecast.finishes ? "Forecast" : "It may not finish"}
      >
        <Text size="sm">{forecast.message}</Text>
        <Text size="sm">
          Control is v{answer.control}. {count(forecast.basedOn.n).text} generations of it were
          seen, {number(forecast.generationsPerHour).text} an hour.
        </Text>
      </Alert>
      <WideTable
        label="Forecast by guardrail"
        fz="sm"
        miw={480}
        columns={[
          "Guardrail",
          { number: "Hours to prove it safe" },
          { number: "Hours to prove harm at the margin" },
          "Note",
        ]}
      >
        {forecast.guardrails.map(({ metric, hoursToSafe, hoursToHarm, note }) => (
          <Table.Tr key={metric}>
            <Table.Td>{guardrailName(metric)}</Table.Td>
            <Table.Td ta="right">{hours(hoursToSafe)}</Table.Td>
            <Table.Td ta="right">{hours(hoursToHarm.atMargin)}</Table.Td>
            <Table.Td>{note ?? ""}</Table.Td>
          </Table.Tr>
        ))}
      </WideTable>
      {leftOut.map(({ metric, because }) => (
        <Text size="sm" c="dimmed" key={metric}>
          {guardrailName(metric)} is left out: {because}
        </Text>
      ))}
    </Stack>
  );
}
