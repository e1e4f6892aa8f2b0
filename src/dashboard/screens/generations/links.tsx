import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { useProject } from "../../shell/project.ts";

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

export function TraceLink({
  traceId,
  observation,
  children,
}: {
  traceId: string;
  observation?: string;
  children: React.ReactNode;
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
