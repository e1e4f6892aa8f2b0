import { Badge, Code, Group, Stack, Table, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Key } from "../../../features/projects/contract.ts";
import type { Answer } from "../../api/client.ts";
import { Empty } from "../../parts/empty.tsx";
import { MoreMenu } from "../../parts/more-menu.tsx";
import { Pages, usePages } from "../../parts/pages.tsx";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { ShortId } from "../../parts/short-id.tsx";
import { Age } from "../../parts/shown.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { WideTable } from "../../parts/wide-table.tsx";
import { useProject, useSettings } from "../../shell/project.ts";
import { RulesDialog } from "./rules-dialog.tsx";
import { rulesText } from "./rules.ts";

type Row = Answer<typeof Key>;

/** Said in words; nobody has to know what the id looks like. */
const nameOf = ({ label, id }: Row): string => (label === "" ? id : label);

function RevokeDialog({ row, onClose }: { row: Row; onClose: () => void }) {
  const { id, api } = useProject();
  const queries = useQueryClient();
  return (
    <ReasonDialog
      opened
      onClose={onClose}
      title={`Revoke ${nameOf(row)}`}
      confirm="Revoke"
      isDangerous
      label={null}
      onConfirm={async () => {
        await api.send("DELETE", `/api/public/keys/${encodeURIComponent(row.id)}`);
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
  <Group gap={4} miw={190}>
    {scopes.map((scope) => (
      <Badge key={scope} variant="outline" color="gray" tt="none" c="var(--mantine-color-text)">
        {scope}
      </Badge>
    ))}
  </Group>
);

/** In what a key or a source differs from its project. */
export function Rules({ id }: { id: string }) {
  const rules = useSettings().data?.keys[id] ?? {};
  return rulesText(rules).map((line) => (
    <Text size="sm" c="dimmed" key={line}>
      {line}
    </Text>
  ));
}

function KeyRow({ row }: { row: Row }) {
  const settings = useSettings().data;
  const [asked, setAsked] = useState<"rules" | "revoke">();
  const onClose = (): void => setAsked(undefined);
  const isLiving = row.revokedAt === null;
  const name = nameOf(row);
  return (
    <Table.Tr>
      <Table.Td>
        <Stack gap={2}>
          <Text fw={500}>
            <ShortId id={name} />
          </Text>
          <Code>{row.publicKey ?? "Bearer key"}</Code>
          {isLiving && <Rules id={row.id} />}
        </Stack>
      </Table.Td>
      <Table.Td>
        <Scopes scopes={row.scopes} />
      </Table.Td>
      <Table.Td>
        <Age at={row.createdAt} />
      </Table.Td>
      <Table.Td>
        <StateBadge state={isLiving ? "living" : "revoked"} colour={isLiving ? "green" : "gray"} />
      </Table.Td>
      <Table.Td>
        {isLiving && (
          <MoreMenu
            label={`More of ${name}`}
            deeds={[
              ...(settings ? [{ name: "Limits and capture", act: () => setAsked("rules") }] : []),
              { name: "Revoke", act: () => setAsked("revoke"), isDangerous: true },
            ]}
          />
        )}
        {asked === "rules" && settings && (
          <RulesDialog subject={{ id: row.id, name }} reads settings={settings} onClose={onClose} />
        )}
        {asked === "revoke" && <RevokeDialog row={row} onClose={onClose} />}
      </Table.Td>
    </Table.Tr>
  );
}

/** Every key of the project, revoked ones included. Secrets are not among what is stored. */
export function KeyTable() {
  const keys = usePages<Row>("keys", "/api/public/keys");
  return (
    <Pages pages={keys} empty={<Empty title="No keys" />}>
      {(rows) => (
        <WideTable
          label="Keys"
          verticalSpacing="sm"
          isLastPinned
          miw={640}
          columns={["Key", "May", "Made", "State", "Actions"]}
        >
          {rows.map((row) => (
            <KeyRow key={row.id} row={row} />
          ))}
        </WideTable>
      )}
    </Pages>
  );
}
