import {
  Button,
  Checkbox,
  Group,
  Modal,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import type { CreatedKey } from "../../../features/projects/contract.ts";
import { type Grant, GRANTS } from "../../../features/projects/model.ts";
import type { Answer } from "../../api/client.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { useProject } from "../../shell/project.ts";
import { type Secret, Secrets } from "./secrets.tsx";

type Created = Answer<typeof CreatedKey>;

const MEANS: Record<Grant, string> = {
  scores: "send scores",
  read: "fetch prompts, read numbers; look at this dashboard",
  ingest: "send traces, generations and scores",
  write: "change prompts, deploy, run rollouts",
  admin: "keys, settings, audit, destinations",
};

const secretsOf = ({ publicKey, secretKey, abvKey }: Created): Secret[] =>
  [
    { label: "Public key", text: publicKey },
    { label: "Secret key", text: secretKey },
    { label: "ABV key (Bearer)", text: abvKey },
  ].filter((secret): secret is Secret => typeof secret.text === "string");

function Form({ onCreated }: { onCreated: (made: Created) => void }) {
  const { id, api } = useProject();
  const queries = useQueryClient();
  const [kind, setKind] = useState("pair");
  const [label, setLabel] = useState("");
  const [scopes, setScopes] = useState<string[]>([...GRANTS]);
  const creating = useMutation({
    mutationFn: () => api.send<Created>("POST", "/api/public/keys", { kind, label, scopes }),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: [id, "keys"] });
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
          label="What for"
          placeholder="ci, Ada's laptop"
          maxLength={100}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <SegmentedControl
          aria-label="Kind of key"
          data={[
            { value: "pair", label: "Public and secret key" },
            { value: "bearer", label: "One Bearer key" },
          ]}
          value={kind}
          onChange={setKind}
        />
        <Checkbox.Group label="It may" value={scopes} onChange={setScopes}>
          <Stack gap="xs" mt="xs">
            {GRANTS.map((grant) => (
              <Checkbox key={grant} value={grant} label={`${grant}: ${MEANS[grant]}`} />
            ))}
          </Stack>
        </Checkbox.Group>
        {scopes.length === 0 && (
          <Text size="sm" c="dimmed">
            A key that may do nothing is of no use.
          </Text>
        )}
        {creating.error && <ErrorPanel error={creating.error} title="No key was made" />}
        <Group justify="flex-end">
          <Button type="submit" loading={creating.isPending} disabled={scopes.length === 0}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function CreateKeyDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [made, setMade] = useState<Created | null>(null);
  const close = (): void => {
    setMade(null);
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={made ? "The new key" : "New key"}
      centered
      size="lg"
      closeOnClickOutside={!made}
    >
      {made ? <Secrets secrets={secretsOf(made)} onClose={close} /> : <Form onCreated={setMade} />}
    </Modal>
  );
}
