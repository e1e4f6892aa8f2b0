import {
  Button,
  Code,
  Group,
  Modal,
  Select,
  Stack,
  Table,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import type { Source, SourceWithSecret } from "../../../features/ingest/webhook/contract.ts";
import { SOURCE_KINDS, type SourceKind } from "../../../features/ingest/webhook/model.ts";
import type { Answer } from "../../api/client.ts";
import { Empty } from "../../parts/empty.tsx";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { fieldError } from "../../parts/field-error.ts";
import { Pages, usePages } from "../../parts/pages.tsx";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { Age } from "../../parts/shown.tsx";
import { useProject } from "../../shell/project.ts";
import { Secrets } from "./secrets.tsx";

type Created = Answer<typeof SourceWithSecret>;

const MEANS: Record<SourceKind, string> = {
  standard: "Standard: our own events, signed",
  litellm: "LiteLLM: its generic callback",
  openrouter: "OpenRouter: broadcast",
  feedback: "Feedback: scores from people",
  mapped: "Mapped: anything, by a JMESPath expression",
};

function Form({ onCreated }: { onCreated: (made: Created) => void }) {
  const { id, api } = useProject();
  const queries = useQueryClient();
  const [kind, setKind] = useState<SourceKind>("standard");
  const [name, setName] = useState("");
  const [mapping, setMapping] = useState("");
  const creating = useMutation({
    mutationFn: () =>
      api.send<Created>("POST", "/api/public/sources", {
        name,
        kind,
        ...(kind === "mapped" ? { mapping } : {}),
      }),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: [id, "sources"] });
      onCreated(made);
    },
  });
  return (
    <form
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        creating.mutate();
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          required
          maxLength={100}
          value={name}
          error={fieldError(creating.error, "name")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label="Kind"
          data={SOURCE_KINDS.map((value) => ({ value, label: MEANS[value] }))}
          value={kind}
          allowDeselect={false}
          onChange={(value) => setKind(value ?? "standard")}
        />
        {kind === "mapped" && (
          <Textarea
            label="Expression"
            description="JMESPath that makes one of our events, or a list of them, of what is posted"
            placeholder="{type: 'score', traceId: trace, name: 'stars', value: rating}"
            required
            autosize
            minRows={3}
            value={mapping}
            error={fieldError(creating.error, "mapping")}
            onChange={(event) => setMapping(event.currentTarget.value)}
          />
        )}
        {creating.error && <ErrorPanel error={creating.error} title="No source was made" />}
        <Group justify="flex-end">
          <Button type="submit" loading={creating.isPending}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function CreateSourceDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [made, setMade] = useState<Created | null>(null);
  const close = (): void => {
    setMade(null);
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={made ? "The new source" : "New source"}
      centered
      size="lg"
      closeOnClickOutside={!made}
    >
      {made ? (
        <Secrets
          secrets={[
            { label: "Address to post to", text: `${location.origin}${made.path}` },
            { label: "Secret", text: made.secret },
          ]}
          onClose={close}
        />
      ) : (
        <Form onCreated={setMade} />
      )}
    </Modal>
  );
}

function DeleteDialog({ source, onClose }: { source: Source | null; onClose: () => void }) {
  const { id, api } = useProject();
  const queries = useQueryClient();
  return (
    <ReasonDialog
      opened={source !== null}
      onClose={onClose}
      title={source ? `Delete ${source.name}` : ""}
      confirm="Delete"
      isDangerous
      label={null}
      onConfirm={async () => {
        await api.send("DELETE", `/api/public/sources/${encodeURIComponent(source?.id ?? "")}`);
        await queries.invalidateQueries({ queryKey: [id, "sources"] });
      }}
    >
      <Text size="sm">
        What is posted to its address is refused from then on. What it has sent stays.
      </Text>
    </ReasonDialog>
  );
}

/** Who may post events to this project without a key of it. */
export function SourceTable({ onCreate }: { onCreate: () => void }) {
  const sources = usePages<Source>("sources", "/api/public/sources");
  const [deleting, setDeleting] = useState<Source | null>(null);
  return (
    <>
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
            A source is an address that another system posts to: LiteLLM, OpenRouter, a feedback
            form, or anything that can send a webhook.
          </Empty>
        }
      >
        {(rows) => (
          <Table.ScrollContainer minWidth={640}>
            <Table verticalSpacing="sm">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Source</Table.Th>
                  <Table.Th>Address</Table.Th>
                  <Table.Th>Proves itself by</Table.Th>
                  <Table.Th>Made</Table.Th>
                  <Table.Th />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((source) => (
                  <Table.Tr key={source.id}>
                    <Table.Td>
                      <Stack gap={2}>
                        <Text fw={500}>{source.name}</Text>
                        <Text size="sm" c="dimmed">
                          {source.kind}
                        </Text>
                      </Stack>
                    </Table.Td>
                    <Table.Td>
                      <Code>{source.path}</Code>
                    </Table.Td>
                    <Table.Td>{source.auth}</Table.Td>
                    <Table.Td>
                      <Age at={source.createdAt} />
                    </Table.Td>
                    <Table.Td ta="right">
                      <Button
                        variant="default"
                        size="xs"
                        aria-label={`Delete ${source.name}`}
                        onClick={() => setDeleting(source)}
                      >
                        Delete
                      </Button>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Pages>
      <DeleteDialog source={deleting} onClose={() => setDeleting(null)} />
    </>
  );
}
