import { NumberInput, PasswordInput, Select, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Source, SourceWithSecret } from "../../../features/ingest/webhook/contract.ts";
import {
  AUTHS_OF,
  SOURCE_KINDS,
  type SourceAuth,
  type SourceKind,
} from "../../../features/ingest/webhook/model.ts";
import type { Answer } from "../../api/client.ts";
import { fieldError } from "../../parts/field-error.ts";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { type Secret, SecretDialog } from "../../parts/secret-dialog.tsx";
import { useProject } from "../../shell/project.ts";
import { MappingField } from "./mapping-field.tsx";

type Made = Answer<typeof SourceWithSecret>;

const PATH = "/api/public/sources";
const pathOf = ({ id }: Source, below = ""): string => `${PATH}/${encodeURIComponent(id)}${below}`;

const KIND_MEANS: Record<SourceKind, string> = {
  standard: "Standard: our own events, signed",
  litellm: "LiteLLM: its generic callback",
  openrouter: "OpenRouter: broadcast",
  feedback: "Feedback: scores from people",
  mapped: "Mapped: anything, by a JMESPath expression",
};

const AUTH_MEANS: Record<SourceAuth, string> = {
  signature: "A signature, by the rules of Standard Webhooks",
  token: "A Bearer token in a header",
};

/** Asks the API, and looks at the list again. */
function useSources() {
  const { id, api } = useProject();
  const queries = useQueryClient();
  return async <T,>(
    method: "POST" | "PATCH" | "DELETE",
    path: string,
    body?: object,
  ): Promise<T> => {
    const answer = await api.send<T>(method, path, body);
    await queries.invalidateQueries({ queryKey: [id, "sources"] });
    return answer;
  };
}

const NameField = ({
  name,
  error,
  onChange,
}: {
  name: string;
  error: unknown;
  onChange: (name: string) => void;
}) => (
  <TextInput
    label="Name"
    required
    maxLength={100}
    data-autofocus
    value={name}
    error={fieldError(error, "name")}
    onChange={(event) => onChange(event.currentTarget.value)}
  />
);

/** A secret that the sender chose; one is made where it is left empty. */
const OwnSecret = ({
  secret,
  error,
  onChange,
}: {
  secret: string;
  error: unknown;
  onChange: (secret: string) => void;
}) => (
  <PasswordInput
    label="Secret"
    description="Only where the sender chooses it, 16 to 200 characters. Left empty, one is made."
    autoComplete="off"
    value={secret}
    error={fieldError(error, "secret")}
    onChange={(event) => onChange(event.currentTarget.value)}
  />
);

const given = (secret: string): { secret?: string } => (secret === "" ? {} : { secret });

export function CreateSourceDialog({ onClose }: { onClose: () => void }) {
  const ask = useSources();
  const [kind, setKind] = useState<SourceKind>("standard");
  const [name, setName] = useState("");
  const [auth, setAuth] = useState<SourceAuth>();
  const [mapping, setMapping] = useState("");
  const [secret, setSecret] = useState("");
  const auths = AUTHS_OF[kind];
  const create = async (): Promise<Secret[]> => {
    const made = await ask<Made>("POST", PATH, {
      name,
      kind,
      auth,
      ...given(secret),
      ...(kind === "mapped" ? { mapping } : {}),
    });
    return [
      { label: "Address to post to", text: `${location.origin}${made.path}` },
      { label: "Secret", text: made.secret },
    ];
  };
  return (
    <SecretDialog
      title="New source"
      titleMade="The new source"
      confirm="Create"
      failure="No source was made"
      fields={["name", "mapping", "secret", "auth"]}
      onClose={onClose}
      onConfirm={create}
    >
      {(error) => (
        <>
          <NameField name={name} error={error} onChange={setName} />
          <Select
            label="Kind"
            data={SOURCE_KINDS.map((value) => ({ value, label: KIND_MEANS[value] }))}
            value={kind}
            allowDeselect={false}
            onChange={(value) => {
              setKind(value ?? "standard");
              setAuth(undefined);
            }}
          />
          {auths.length > 1 && (
            <Select
              label="Proves itself by"
              data={auths.map((value) => ({ value, label: AUTH_MEANS[value] }))}
              value={auth ?? auths[0] ?? null}
              allowDeselect={false}
              error={fieldError(error, "auth")}
              onChange={(value) => setAuth(value ?? undefined)}
            />
          )}
          {kind === "mapped" && (
            <MappingField
              mapping={mapping}
              error={fieldError(error, "mapping")}
              onChange={setMapping}
            />
          )}
          <OwnSecret secret={secret} error={error} onChange={setSecret} />
        </>
      )}
    </SecretDialog>
  );
}

/** Its name, and how a mapped one reads what is posted. Kind and address stay. */
export function EditSourceDialog({ source, onClose }: { source: Source; onClose: () => void }) {
  const ask = useSources();
  const [name, setName] = useState(source.name);
  const [mapping, setMapping] = useState(source.mapping ?? "");
  const isMapped = source.kind === "mapped";
  return (
    <FormDialog
      title={`Change ${source.name}`}
      confirm="Save"
      size={isMapped ? "lg" : "md"}
      fields={["name", "mapping"]}
      onClose={onClose}
      onConfirm={() =>
        ask<Source>("PATCH", pathOf(source), { name, ...(isMapped ? { mapping } : {}) })
      }
    >
      {(error) => (
        <>
          <NameField name={name} error={error} onChange={setName} />
          {isMapped && (
            <MappingField
              mapping={mapping}
              error={fieldError(error, "mapping")}
              onChange={setMapping}
            />
          )}
        </>
      )}
    </FormDialog>
  );
}

const DEFAULT_OVERLAP_HOURS = 24;

/** Gives a source a new secret while those before are still taken for some hours. */
export function RotateDialog({ source, onClose }: { source: Source; onClose: () => void }) {
  const ask = useSources();
  const [overlapHours, setOverlapHours] = useState<number | string>(DEFAULT_OVERLAP_HOURS);
  const [secret, setSecret] = useState("");
  const rotate = async (): Promise<Secret[]> => {
    const made = await ask<Made>("POST", pathOf(source, "/rotate"), {
      overlapHours: Number(overlapHours),
      ...given(secret),
    });
    return [{ label: "Secret", text: made.secret }];
  };
  return (
    <SecretDialog
      title={`New secret of ${source.name}`}
      titleMade={`The new secret of ${source.name}`}
      confirm="Make it"
      fields={["overlapHours", "secret"]}
      onClose={onClose}
      onConfirm={rotate}
    >
      {(error) => (
        <>
          <Text size="sm">
            Both secrets are taken while the senders are moved to the new one. With 0 hours the old
            one is refused at once.
          </Text>
          <NumberInput
            label="Hours that the old one still holds"
            required
            min={0}
            max={720}
            decimalScale={2}
            data-autofocus
            value={overlapHours}
            error={fieldError(error, "overlapHours")}
            onChange={setOverlapHours}
          />
          <OwnSecret secret={secret} error={error} onChange={setSecret} />
        </>
      )}
    </SecretDialog>
  );
}

export function DeleteSourceDialog({ source, onClose }: { source: Source; onClose: () => void }) {
  const ask = useSources();
  return (
    <ReasonDialog
      opened
      onClose={onClose}
      title={`Delete ${source.name}`}
      confirm="Delete"
      isDangerous
      label={null}
      mustType={source.name}
      onConfirm={() => ask("DELETE", pathOf(source))}
    >
      <Text size="sm">
        What is posted to its address is refused from then on. What it has sent stays. This cannot
        be taken back: a new source has another address.
      </Text>
    </ReasonDialog>
  );
}
