import { Stack, Table, Text } from "@mantine/core";

import type { IncidentDetail } from "../../../features/monitors/contract.ts";
import type { Answer } from "../../api/client.ts";
import { metricName } from "../../charts/names.ts";
import { count, duration, money, number, percent, type Shown } from "../../format/number.ts";
import { Exact, Instant } from "../../parts/shown.tsx";
import { WideTable } from "../../parts/wide-table.tsx";

type Evidence = Answer<typeof IncidentDetail>["evidence"];
type Finding = Evidence["findings"][number];

const FORMATS: Record<string, (value: number | null) => Shown> = {
  ms: duration,
  USD: money,
  share: percent,
};
const shown = (unit: string, value: number | null): Shown => (FORMATS[unit] ?? number)(value);

const VERDICTS: Record<Finding["verdict"], string> = {
  beyond: "beyond the limit",
  within: "within the limit",
  "not judged": "not judged",
};

const Row = ({ finding }: { finding: Finding }) => {
  const { metric, statistic, unit, n, value, interval, limit, baseline, verdict, why } = finding;
  // Where a change was judged, the limit is on its scale, not in the unit of the value.
  const { change } = finding;
  return (
    <Table.Tr>
      <Table.Td>
        {metricName(metric)} {statistic}
        <Text size="sm" c="dimmed">
          {why}
        </Text>
      </Table.Td>
      <Table.Td ta="right">
        <Exact {...shown(unit, value)} />
        {interval && (
          <Text size="sm" c="dimmed">
            {shown(unit, interval.low).text} to {shown(unit, interval.high).text}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">{count(n).text}</Table.Td>
      <Table.Td ta="right">
        {baseline ? (
          <>
            <Exact {...shown(unit, baseline.value)} />
            <Text size="sm" c="dimmed">
              {baseline.version === null ? "" : `v${baseline.version}, `}n ={" "}
              {count(baseline.n).text}
            </Text>
          </>
        ) : (
          "–"
        )}
      </Table.Td>
      <Table.Td ta="right">
        {limit === null ? (
          "–"
        ) : (
          <Exact {...(change === null ? shown(unit, limit) : number(limit))} />
        )}
      </Table.Td>
      <Table.Td style={{ fontWeight: verdict === "beyond" ? 700 : 400 }}>
        {VERDICTS[verdict]}
      </Table.Td>
    </Table.Tr>
  );
};

/** The numbers that were judged, each with its size and what it was held against. */
export const Findings = ({ evidence }: { evidence: Evidence }) => (
  <Stack gap="xs">
    <Text size="sm" c="dimmed">
      {evidence.method.name} · <Instant at={evidence.window.from} /> –{" "}
      <Instant at={evidence.window.to} />
    </Text>
    <WideTable
      label="What was judged"
      miw={720}
      verticalSpacing="sm"
      columns={[
        "Metric",
        { number: "Value" },
        { number: "n" },
        { number: "Usual" },
        { number: "Limit" },
        "Verdict",
      ]}
    >
      {evidence.findings.map((finding) => (
        <Row key={`${finding.metric} ${finding.statistic}`} finding={finding} />
      ))}
    </WideTable>
  </Stack>
);
