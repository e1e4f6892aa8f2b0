import { Radio, Stack, TagsInput, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import type { Duplicated, TagsAnswer } from "../../../features/prompts/catalog/contract.ts";
import { type Answer, promptPath } from "../../api/client.ts";
import { fieldError } from "../../parts/field-error.ts";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { useProject } from "../../shell/project.ts";
import { useChange } from "./change.ts";

/** Gives the prompt other tags. */
export function TagsDialog({
  name,
  tags: before,
  onClose,
}: {
  name: string;
  tags: readonly string[];
  onClose: () => void;
}) {
  const { api } = useProject();
  const change = useChange(name);
  const [tags, setTags] = useState([...before]);
  return (
    <FormDialog
      title={`Tags of ${name}`}
      confirm="Save tags"
      fields={["tags"]}
      onClose={onClose}
      onConfirm={() =>
        change(() =>
          api.send<Answer<typeof TagsAnswer>>("PUT", promptPath(name, "/tags"), { tags }),
        )
      }
    >
      {(error) => (
        <TagsInput
          label="Tags"
          description="They belong to the prompt, whatever its version. Enter adds one."
          maxTags={100}
          clearable
          clearButtonProps={{ "aria-label": "Remove all tags" }}
          data-autofocus
          value={tags}
          error={fieldError(error, "tags")}
          onChange={setTags}
        />
      )}
    </FormDialog>
  );
}

/** Copies a version, or the whole prompt, to a new name, and goes there. */
export function DuplicateDialog({
  name,
  version,
  onClose,
}: {
  name: string;
  version: number;
  onClose: () => void;
}) {
  const { id: projectId, api } = useProject();
  const navigate = useNavigate();
  const change = useChange(name);
  const [newName, setNewName] = useState(`${name}-copy`);
  const [which, setWhich] = useState("one");
  const copy = async (): Promise<void> => {
    const made = await change(() =>
      api.send<Answer<typeof Duplicated>>("POST", promptPath(name, "/duplicate"), {
        newName,
        ...(which === "all" ? { allVersions: true } : { version }),
      }),
    );
    await navigate({
      to: "/projects/$projectId/prompts/$name",
      params: { projectId, name: made.name },
    });
  };
  return (
    <FormDialog
      title={`Duplicate ${name}`}
      confirm="Duplicate"
      fields={["newName", "allVersions"]}
      onClose={onClose}
      onConfirm={copy}
    >
      {(error) => (
        <>
          <TextInput
            label="New name"
            description="Folders by slash. One that was never used"
            required
            maxLength={500}
            data-autofocus
            value={newName}
            error={fieldError(error, "newName")}
            onChange={(event) => setNewName(event.currentTarget.value)}
          />
          <Radio.Group
            label="What is copied"
            description="Tags go along; labels do not, because nobody deployed the copy."
            value={which}
            error={fieldError(error, "allVersions")}
            onChange={setWhich}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="one" label={`Version ${version}, as its first`} />
              <Radio value="all" label="Every version, with its number" />
            </Stack>
          </Radio.Group>
        </>
      )}
    </FormDialog>
  );
}
