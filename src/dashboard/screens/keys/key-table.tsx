import { Badge, Button, Code, Group, Stack, Table, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Key } from "../../../features/projects/contract.ts";
import type { Answer } from "../../api/client.ts";
import { Empty } from "../../parts/empty.tsx";
import { Pages, usePages } from "../../parts/pages.tsx";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { ShortId } from "../../parts/short-id.tsx";
import { Age } from "../../parts/shown.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useProject } from "../../shell/project.ts";

type Row = Answer<typeof Key>;

/** Said in words; nobody has to know what the id looks like. */
const nameOf = ({ label, id }: Row): string => (label === "" ? id : label);

function RevokeDialog({ row, onClose }: { row: Row | null; onClose: () => void }) {
  const { id, api } = useProject();
  const queries = useQueryClient();
  return (
    <ReasonDialog
      opened={row !== null}
      onClose={onClose}
      title={row ? `Revoke ${nameOf(row)}` : ""}
      confirm="Revoke"
      isDangerous
      label={null}
      onConfirm={async () => {
        await api.send("DELETE", `/api/public/keys/${encodeURIComponent(row?.id ?? "")}`);
        await queries.invalidateQueries({ queryKey: [id, "keys"] });
      }}
    >
      <Text size="sm">
        Every program that uses it is refused within two minutes, and everybody who signed in with
        it is signed out. This cannot be taken back.
      </Text>
    </ReasonDialog>
  );
}

const Scopes = ({ scopes }: { scopes: readonly string[] }) => (
  <Group gap={4}>
    {scopes.map((scope) => (
      <Badge key={scope} variant="outline" color="gray" tt="none" c="var(--mantine-color-text)">
        {scope}
      </Badge>
    ))}
  </Group>
);

/** Every key of the project, revoked ones included. Secrets are not among what is stored. */
export function KeyTable() {
  const keys = usePages<Row>("keys", "/api/public/keys");
  const [revoking, setRevoking] = useState<Row | null>(null);
  return (
    <>
      <Pages pages={keys} empty={<Empty title="No keys" />}>
        {(rows) => (
          <Table.ScrollContainer minWidth={640}>
            <Table verticalSpacing="sm">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Key</Table.Th>
                  <Table.Th>May</Table.Th>
                  <Table.Th>Made</Table.Th>
                  <Table.Th>State</Table.Th>
                  <Table.Th />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((row) => (
                  <Table.Tr key={row.id}>
                    <Table.Td>
                      <Stack gap={2}>
                        <Text fw={500}>
                          <ShortId id={nameOf(row)} />
                        </Text>
                        <Code>{row.publicKey ?? "Bearer key"}</Code>
                      </Stack>
                    </Table.Td>
                    <Table.Td>
                      <Scopes scopes={row.scopes} />
                    </Table.Td>
                    <Table.Td>
                      <Age at={row.createdAt} />
                    </Table.Td>
                    <Table.Td>
                      {row.revokedAt === null ? (
                        <StateBadge state="living" colour="green" />
                      ) : (
                        <StateBadge state="revoked" colour="gray" />
                      )}
                    </Table.Td>
                    <Table.Td ta="right">
                      {row.revokedAt === null && (
                        <Button
                          variant="default"
                          size="xs"
                          aria-label={`Revoke ${nameOf(row)}`}
                          onClick={() => setRevoking(row)}
                        >
                          Revoke
                        </Button>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Pages>
      <RevokeDialog row={revoking} onClose={() => setRevoking(null)} />
    </>
  );
}
