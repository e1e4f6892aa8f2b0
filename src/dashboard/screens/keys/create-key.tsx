import { Checkbox, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { CreatedKey } from "../../../features/projects/contract.ts";
import { type Grant, GRANTS } from "../../../features/projects/model.ts";
import type { Answer } from "../../api/client.ts";
import { fieldError } from "../../parts/field-error.ts";
import { type Secret, SecretDialog } from "../../parts/secret-dialog.tsx";
import { useProject } from "../../shell/project.ts";

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

export function CreateKeyDialog({ onClose }: { onClose: () => void }) {
  const { id, api } = useProject();
  const queries = useQueryClient();
  const [kind, setKind] = useState("pair");
  const [label, setLabel] = useState("");
  const [scopes, setScopes] = useState<string[]>([...GRANTS]);
  const create = async (): Promise<Secret[]> => {
    const made = await api.send<Created>("POST", "/api/public/keys", { kind, label, scopes });
    await queries.invalidateQueries({ queryKey: [id, "keys"] });
    return secretsOf(made);
  };
  return (
    <SecretDialog
      title="New key"
      titleMade="The new key"
      confirm="Create"
      failure="No key was made"
      isReady={scopes.length > 0}
      fields={["label", "scopes"]}
      onClose={onClose}
      onConfirm={create}
    >
      {(error) => (
        <>
          <TextInput
            label="What for"
            placeholder="ci, Ada's laptop"
            maxLength={100}
            data-autofocus
            value={label}
            error={fieldError(error, "label")}
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
          <Checkbox.Group
            label="It may"
            value={scopes}
            error={fieldError(error, "scopes")}
            onChange={setScopes}
          >
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
        </>
      )}
    </SecretDialog>
  );
}
