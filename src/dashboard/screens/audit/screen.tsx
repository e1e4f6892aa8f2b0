import { Group, Select, Stack, Table, Text, Title } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";

import type { AuditList } from "../../../features/projects/contract.ts";
import type { Answer } from "../../api/client.ts";
import { Empty } from "../../parts/empty.tsx";
import { Only } from "../../parts/only.tsx";
import { Pages, usePages } from "../../parts/pages.tsx";
import { ShortId } from "../../parts/short-id.tsx";
import { Instant } from "../../parts/shown.tsx";

type Entry = Answer<typeof AuditList>["data"][number];

const route = getRouteApi("/projects/$projectId/audit");

/** The first words of actions; each stands for all that begin with it. */
const KINDS = [
  { value: "label", label: "Labels" },
  { value: "version", label: "Deleted versions" },
  { value: "key", label: "Keys" },
  { value: "session", label: "Sign-ins" },
  { value: "source", label: "Webhook sources" },
  { value: "destination", label: "Destinations" },
  { value: "settings", label: "Settings" },
  { value: "margins", label: "Margins" },
];

/** Nothing in the table can be focused, so the table itself can: the keyboard scrolls it then. */
const REACHABLE = { viewportProps: { tabIndex: 0, role: "region", "aria-label": "Entries" } };

const said = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value ?? null);

/** What was changed, a line for each field. */
const Detail = ({ detail }: { detail: Entry["detail"] }) =>
  Object.entries(detail).map(([field, value]) => (
    <Text key={field} size="sm" style={{ overflowWrap: "anywhere" }}>
      <Text span inherit c="dimmed">
        {field}:
      </Text>{" "}
      {said(value)}
    </Text>
  ));

function Audit() {
  const { action } = route.useSearch();
  const navigate = useNavigate();
  const entries = usePages<Entry>("audit", "/api/public/audit", { action });
  return (
    <Stack>
      <Title order={1}>Audit</Title>
      <Group>
        <Select
          aria-label="What was done"
          placeholder="Everything"
          data={KINDS}
          value={action ?? null}
          clearable
          w={220}
          onChange={(value) =>
            void navigate({ to: ".", search: value === null ? {} : { action: value } })
          }
        />
      </Group>
      <Pages
        pages={entries}
        empty={
          <Empty title="Nothing of that kind has been done">
            Every change of labels, versions, rules, keys and settings is written down here, with
            who made it.
          </Empty>
        }
      >
        {(rows) => (
          <Table.ScrollContainer minWidth={640} scrollAreaProps={REACHABLE}>
            <Table verticalSpacing="xs">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>When</Table.Th>
                  <Table.Th>Who</Table.Th>
                  <Table.Th>Did</Table.Th>
                  <Table.Th>To</Table.Th>
                  <Table.Th>Detail</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map(({ id, createdAt, actor, action: did, target, detail }) => (
                  <Table.Tr key={id} style={{ verticalAlign: "top" }}>
                    <Table.Td>
                      <Instant at={createdAt} />
                    </Table.Td>
                    <Table.Td>
                      <ShortId id={actor} />
                    </Table.Td>
                    <Table.Td>{did}</Table.Td>
                    <Table.Td>
                      <ShortId id={target} />
                    </Table.Td>
                    <Table.Td maw={420}>
                      <Detail detail={detail} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Pages>
    </Stack>
  );
}

/** Who did what to labels, versions, rules, keys and settings; newest first. */
export const AuditScreen = () => (
  <Only scope="admin">
    <Audit />
  </Only>
);
