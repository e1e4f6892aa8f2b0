import { Button, Code, Group, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";

import type { Source } from "../../../features/ingest/webhook/contract.ts";
import { Empty } from "../../parts/empty.tsx";
import { MoreMenu } from "../../parts/more-menu.tsx";
import { Pages, usePages } from "../../parts/pages.tsx";
import { Age, Instant } from "../../parts/shown.tsx";
import { WideTable } from "../../parts/wide-table.tsx";
import { useMinute, useSettings } from "../../shell/project.ts";
import { Rules } from "./key-table.tsx";
import { RulesDialog } from "./rules-dialog.tsx";
import { DeleteSourceDialog, EditSourceDialog, RotateDialog } from "./source-dialogs.tsx";

/** How it proves itself, and how long secrets that were replaced still hold. */
function Proof({ source: { auth, secrets } }: { source: Source }) {
  const nowMs = useMinute();
  const leaving = secrets.flatMap(({ id, expiresAt }) =>
    expiresAt !== null && Date.parse(expiresAt) > nowMs ? [{ id, expiresAt }] : [],
  );
  return (
    <Stack gap={2}>
      <Text size="sm">{auth}</Text>
      {leaving.map(({ id, expiresAt }) => (
        <Text size="sm" c="dimmed" key={id}>
          an old secret until <Instant at={expiresAt} />
        </Text>
      ))}
    </Stack>
  );
}

type Asked = "edit" | "rotate" | "rules" | "delete";

function SourceRow({ source }: { source: Source }) {
  const settings = useSettings().data;
  const [asked, setAsked] = useState<Asked>();
  const open = { source, onClose: () => setAsked(undefined) };
  const { id, name, kind, path, createdAt } = source;
  return (
    <Table.Tr>
      <Table.Td>
        <Stack gap={2}>
          <Text fw={500}>{name}</Text>
          <Text size="sm" c="dimmed">
            {kind}
          </Text>
          <Rules id={id} />
        </Stack>
      </Table.Td>
      <Table.Td>
        <Code>{path}</Code>
      </Table.Td>
      <Table.Td>
        <Proof source={source} />
      </Table.Td>
      <Table.Td>
        <Age at={createdAt} />
      </Table.Td>
      <Table.Td>
        <MoreMenu
          label={`More of ${name}`}
          deeds={[
            { name: "Change", act: () => setAsked("edit") },
            { name: "New secret", act: () => setAsked("rotate") },
            ...(settings ? [{ name: "Limits and capture", act: () => setAsked("rules") }] : []),
            { name: "Delete", act: () => setAsked("delete"), isDangerous: true },
          ]}
        />
        {asked === "edit" && <EditSourceDialog {...open} />}
        {asked === "rotate" && <RotateDialog {...open} />}
        {asked === "rules" && settings && (
          <RulesDialog
            subject={{ id, name }}
            reads={false}
            settings={settings}
            onClose={open.onClose}
          />
        )}
        {asked === "delete" && <DeleteSourceDialog {...open} />}
      </Table.Td>
    </Table.Tr>
  );
}

/** Who may post events to this project without a key of it. */
export function SourceTable({ onCreate }: { onCreate: () => void }) {
  const sources = usePages<Source>("sources", "/api/public/sources");
  return (
    <Pages
      pages={sources}
      empty={
        <Empty
          title="No sources yet"
          action={
            <Group>
              <Button onClick={onCreate}>New source</Button>
            </Group>
          }
        >
          A source is an address that another system posts to: LiteLLM, OpenRouter, a feedback form,
          or anything that can send a webhook.
        </Empty>
      }
    >
      {(rows) => (
        <WideTable
          label="Webhook sources"
          verticalSpacing="sm"
          isLastPinned
          miw={640}
          columns={["Source", "Address", "Proves itself by", "Made", "Actions"]}
        >
          {rows.map((source) => (
            <SourceRow key={source.id} source={source} />
          ))}
        </WideTable>
      )}
    </Pages>
  );
}
