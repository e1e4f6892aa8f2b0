import { Breadcrumbs, Group, Pill, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { Icon } from "../../parts/icon.tsx";
import { AnchorLink } from "../../parts/links.tsx";
import { useProject } from "../../shell/project.ts";
import type { Terms } from "./data.ts";

const TYPING_MS = 200;

/** Text in names and contents. The address follows what is typed. */
export function SearchField({ q = "" }: { q: string | undefined }) {
  const [typed, setTyped] = useState(q);
  const navigate = useNavigate();
  const search = useDebouncedCallback(
    (text: string) =>
      void navigate({
        to: ".",
        search: (before) => ({ ...before, q: text.trim() || undefined }),
        replace: true,
      }),
    TYPING_MS,
  );
  return (
    <TextInput
      type="search"
      aria-label="Search prompts"
      placeholder="Search names and texts"
      leftSection={<Icon name="search" size={16} />}
      value={typed}
      maxLength={200}
      w={{ base: "100%", sm: 280 }}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        search(event.currentTarget.value);
      }}
    />
  );
}

/** Where in the folders this is; each part leads back to it. */
export function FolderPath({ folder }: { folder: string | undefined }) {
  const { id: projectId } = useProject();
  if (folder === undefined) return null;
  const parts = folder.split("/");
  return (
    <Breadcrumbs>
      <AnchorLink to="/projects/$projectId/prompts" params={{ projectId }}>
        All prompts
      </AnchorLink>
      {parts.map((part, place) => (
        <AnchorLink
          key={place}
          to="/projects/$projectId/prompts"
          params={{ projectId }}
          search={{ folder: parts.slice(0, place + 1).join("/") }}
        >
          {part}
        </AnchorLink>
      ))}
    </Breadcrumbs>
  );
}

/** The tag and label that narrow the list, each with a way to let it go. */
export function Narrowing({ tag, label }: Terms) {
  const navigate = useNavigate();
  const drop = (field: "tag" | "label"): void =>
    void navigate({ to: ".", search: (before) => ({ ...before, [field]: undefined }) });
  if (tag === undefined && label === undefined) return null;
  return (
    <Group gap="xs">
      {tag !== undefined && (
        <Pill
          withRemoveButton
          removeButtonProps={{ "aria-label": `Not only the tag ${tag}` }}
          onRemove={() => drop("tag")}
        >
          tag {tag}
        </Pill>
      )}
      {label !== undefined && (
        <Pill
          withRemoveButton
          removeButtonProps={{ "aria-label": `Not only the label ${label}` }}
          onRemove={() => drop("label")}
        >
          label {label}
        </Pill>
      )}
    </Group>
  );
}
