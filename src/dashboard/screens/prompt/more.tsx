import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { MoreMenu } from "../../parts/more-menu.tsx";
import { useProject } from "../../shell/project.ts";
import { DuplicateDialog, TagsDialog } from "./copy-dialogs.tsx";
import type { Prompt, Version } from "./data.ts";
import { DeletePromptDialog, DeleteVersionDialog } from "./delete-dialogs.tsx";

/** What may be done with a prompt as a whole. */
export function PromptMenu({ prompt: { name, tags, version } }: { prompt: Prompt }) {
  const [asked, setAsked] = useState<"tags" | "duplicate" | "delete">();
  const onClose = (): void => setAsked(undefined);
  const { id: projectId } = useProject();
  const navigate = useNavigate();
  const toMargins = (): void =>
    void navigate({
      to: "/projects/$projectId/settings",
      params: { projectId },
      search: { view: "margins", prompt: name },
    });
  return (
    <>
      <MoreMenu
        label={`More of ${name}`}
        deeds={[
          { name: "Edit tags", act: () => setAsked("tags") },
          { name: "Margins", act: toMargins },
          { name: "Duplicate", act: () => setAsked("duplicate") },
          { name: "Delete the prompt", act: () => setAsked("delete"), isDangerous: true },
        ]}
      />
      {asked === "tags" && <TagsDialog name={name} tags={tags} onClose={onClose} />}
      {asked === "duplicate" && <DuplicateDialog name={name} version={version} onClose={onClose} />}
      {asked === "delete" && <DeletePromptDialog name={name} onClose={onClose} />}
    </>
  );
}

/** What may be done with one version of several. The last one goes with its prompt. */
export function VersionMenu({ name, version }: { name: string; version: Version }) {
  const [isLeaving, setLeaving] = useState(false);
  return (
    <>
      <MoreMenu
        label={`More of version ${version.version}`}
        deeds={[
          {
            name: "Delete this version",
            act: () => setLeaving(true),
            isDangerous: true,
          },
        ]}
      />
      {isLeaving && (
        <DeleteVersionDialog name={name} version={version} onClose={() => setLeaving(false)} />
      )}
    </>
  );
}
