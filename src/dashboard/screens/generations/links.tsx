import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { useProject } from "../../shell/project.ts";
import type { GenerationsSearch } from "./search.ts";

/** The version of a prompt that made a generation, one click away. */
export function PromptLink({ name, version }: { name: string | null; version: number | null }) {
  const { id } = useProject();
  if (name === null) return null;
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => (
        <Link
          {...props}
          to="/projects/$projectId/prompts/$name"
          params={{ projectId: id, name }}
          search={version === null ? {} : { version }}
        />
      )}
    >
      {name}
      {version === null ? "" : ` v${version}`}
    </Anchor>
  );
}

/** All generations of a session, or of a user in the window. */
export function GenerationsLink({
  search,
  children,
}: {
  search: GenerationsSearch;
  children: ReactNode;
}) {
  const { id } = useProject();
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => (
        <Link
          {...props}
          to="/projects/$projectId/generations"
          params={{ projectId: id }}
          search={search}
        />
      )}
    >
      {children}
    </Anchor>
  );
}

export function TraceLink({
  traceId,
  observation,
  children,
}: {
  traceId: string;
  observation?: string;
  children: ReactNode;
}) {
  const { id } = useProject();
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => (
        <Link
          {...props}
          to="/projects/$projectId/traces/$traceId"
          params={{ projectId: id, traceId }}
          search={observation === undefined ? {} : { observation }}
        />
      )}
    >
      {children}
    </Anchor>
  );
}
