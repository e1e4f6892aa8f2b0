import {
  Button,
  Group,
  JsonInput,
  SegmentedControl,
  Stack,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";

import type { CreatedPrompt } from "../../../features/prompts/contract.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { fieldError } from "../../parts/field-error.ts";
import { useProject } from "../../shell/project.ts";
import { type Prompt, promptKey } from "../prompt/data.ts";
import {
  configOf,
  contentOf,
  contentOfPrompt,
  type Draft,
  requestOf,
  sourceOf,
  warningsOf,
} from "./draft.ts";
import { MessagesField } from "./messages-field.tsx";
import { Changes, Warnings } from "./review.tsx";

const MONOSPACE = { input: { fontFamily: "var(--mantine-font-family-monospace)" } };

function useSave() {
  const { id, api } = useProject();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: ReturnType<typeof requestOf>) =>
      api.send<CreatedPrompt>("POST", "/api/public/v2/prompts", body),
    onSuccess: async ({ name, version }) => {
      await queries.invalidateQueries({ queryKey: promptKey(id, name) });
      void queries.invalidateQueries({ queryKey: [id, "prompts"] });
      void queries.invalidateQueries({ queryKey: [id, "folders"] });
      notifications.show({ message: `Version ${version} of ${name} is saved.` });
      await navigate({
        to: "/projects/$projectId/prompts/$name",
        params: { projectId: id, name },
        search: { version },
      });
    },
  });
}

type Change = (change: Partial<Draft>) => void;

/** What is said of a prompt as a whole, and once for all its versions. */
function Head({ draft, change, error }: { draft: Draft; change: Change; error: unknown }) {
  return (
    <>
      <TextInput
        label="Name"
        description="Folders by slash, such as support/answer"
        required
        maxLength={500}
        value={draft.name}
        error={fieldError(error, "name")}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <div>
        <Text size="sm" fw={500} id="type-of-prompt">
          Type
        </Text>
        <SegmentedControl
          aria-labelledby="type-of-prompt"
          data={[
            { value: "text", label: "Text" },
            { value: "chat", label: "Chat" },
          ]}
          value={draft.type}
          onChange={(type) => change({ type: type === "chat" ? "chat" : "text" })}
        />
      </div>
    </>
  );
}

function Body({ draft, change, error }: { draft: Draft; change: Change; error: unknown }) {
  const config = configOf(draft);
  return (
    <>
      {draft.type === "text" ? (
        <Textarea
          label="Text"
          description="{{name}} is a variable that the caller gives."
          value={draft.text}
          autosize
          minRows={8}
          maxRows={40}
          styles={MONOSPACE}
          error={fieldError(error, "prompt")}
          onChange={(event) => change({ text: event.currentTarget.value })}
        />
      ) : (
        <MessagesField items={draft.messages} onChange={(messages) => change({ messages })} />
      )}
      <JsonInput
        label="Config"
        description="JSON that goes with the prompt: a model, a temperature"
        value={draft.config}
        autosize
        minRows={2}
        maxRows={20}
        styles={MONOSPACE}
        error={"problem" in config ? config.problem : fieldError(error, "config")}
        onChange={(text) => change({ config: text })}
      />
    </>
  );
}

function Foot({ draft, change, error }: { draft: Draft; change: Change; error: unknown }) {
  return (
    <>
      <TextInput
        label="What changes"
        description="Shown beside the version; at most 500 characters"
        maxLength={500}
        value={draft.commitMessage}
        error={fieldError(error, "commitMessage")}
        onChange={(event) => change({ commitMessage: event.currentTarget.value })}
      />
      <TagsInput
        label="Labels"
        description="Those given here move to the new version at once. Leave it empty to deploy later."
        data={["production", "staging"]}
        value={draft.labels}
        error={fieldError(error, "labels")}
        onChange={(labels) => change({ labels })}
      />
    </>
  );
}

/** Two steps: write, then see what changes and save it. */
export function Editor({
  initial,
  base,
  production,
}: {
  initial: Draft;
  /** The version that this one is begun from. */
  base: Prompt | undefined;
  production: Prompt | undefined;
}) {
  const [draft, setDraft] = useState(initial);
  const [isReviewed, setReviewed] = useState(false);
  const save = useSave();
  const change: Change = (part) => setDraft((before) => ({ ...before, ...part }));
  const config = configOf(draft);
  const after = sourceOf(contentOf(draft), "value" in config ? config.value : {});
  const before = base ? sourceOf(contentOfPrompt(base.prompt), base.config) : "";
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if ("problem" in config) return;
    if (isReviewed) save.mutate(requestOf(draft, config.value));
    else setReviewed(true);
  };
  const parts = { draft, change, error: save.error };
  return (
    <form onSubmit={submit}>
      <Stack>
        {isReviewed ? (
          <>
            <Changes before={before} after={after} from={base?.version} />
            <Warnings warnings={warningsOf(draft, production)} />
            <Foot {...parts} />
          </>
        ) : (
          <>
            {!base && <Head {...parts} />}
            <Body {...parts} />
            <Warnings warnings={warningsOf(draft, production)} />
          </>
        )}
        {save.error && <ErrorPanel error={save.error} title="This was not saved" />}
        <Group>
          {isReviewed && (
            <Button variant="default" onClick={() => setReviewed(false)}>
              Back to the text
            </Button>
          )}
          <Button type="submit" loading={save.isPending} disabled={"problem" in config}>
            {isReviewed ? "Save version" : "Review changes"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
