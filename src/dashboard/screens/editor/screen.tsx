import { Stack, Title } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";

import { Loaded } from "../../parts/loaded.tsx";
import { Only } from "../../parts/only.tsx";
import { useLabels, useVersion } from "../prompt/data.ts";
import { draftOf, emptyDraft } from "./draft.ts";
import { Editor } from "./editor.tsx";

const route = getRouteApi("/projects/$projectId/edit");

function NewVersion({ name, base }: { name: string; base: number | undefined }) {
  const labels = useLabels(name);
  const versionOf = (label: string): number | undefined =>
    labels.data?.find((state) => state.label === label)?.version;
  const begun = useVersion(name, base ?? versionOf("latest"));
  const production = useVersion(name, versionOf("production"));
  return (
    <Loaded query={labels}>
      {() => (
        <Loaded query={begun}>
          {(prompt) => (
            <Editor initial={draftOf(prompt)} base={prompt} production={production.data} />
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

/** Writes a new prompt, or the next version of one. */
export function EditorScreen() {
  const { name, base, folder } = route.useSearch();
  return (
    <Only scope="write">
      <Stack maw={960}>
        <Title order={1} style={{ overflowWrap: "anywhere" }}>
          {name === undefined ? "New prompt" : `New version of ${name}`}
        </Title>
        {name === undefined ? (
          <Editor
            key="new"
            initial={emptyDraft(folder === undefined ? "" : `${folder}/`)}
            base={undefined}
            production={undefined}
          />
        ) : (
          <NewVersion key={name} name={name} base={base} />
        )}
      </Stack>
    </Only>
  );
}
