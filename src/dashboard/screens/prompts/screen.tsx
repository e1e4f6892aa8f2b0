import { Group, Stack } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";

import { Empty } from "../../parts/empty.tsx";
import { Icon } from "../../parts/icon.tsx";
import { ButtonLink } from "../../parts/links.tsx";
import { ListHead } from "../../parts/list-head.tsx";
import { Pages } from "../../parts/pages.tsx";
import { useProject } from "../../shell/project.ts";
import { isSearch, type Terms, useFolders, usePrompts } from "./data.ts";
import { PromptTable } from "./table.tsx";
import { FolderPath, Narrowing, SearchField } from "./toolbar.tsx";

const route = getRouteApi("/projects/$projectId/prompts");

const FIRST_PROMPT = `curl -u "$PUBLIC_KEY:$SECRET_KEY" ${location.origin}/api/public/v2/prompts \\
  -H 'Content-Type: application/json' \\
  -d '{"name":"hello","prompt":"Hello {{name}}!","labels":["production"]}'`;

function NewPromptButton({ folder }: { folder: string | undefined }) {
  const { id: projectId, may } = useProject();
  if (!may("write")) return null;
  return (
    <ButtonLink
      leftSection={<Icon name="plus" size={16} />}
      to="/projects/$projectId/edit"
      params={{ projectId }}
      search={{ folder }}
    >
      New prompt
    </ButtonLink>
  );
}

const Nothing = ({ terms }: { terms: Terms }) =>
  isSearch(terms) ? (
    <Empty title="No prompt fits">
      Names and the texts of labelled versions were searched. Look for something else, or let go of
      a filter.
    </Empty>
  ) : (
    <Empty title="No prompts yet" snippet={{ label: "Creates a first prompt", text: FIRST_PROMPT }}>
      Create the first one here, or from a terminal with the project&apos;s keys. Any ABV or
      Langfuse SDK that points at this address does the same.
    </Empty>
  );

/** Every prompt of the project, by folder. */
export function PromptsScreen() {
  const terms = route.useSearch();
  const prompts = usePrompts(terms);
  const searching = isSearch(terms);
  const below = useFolders(terms.folder);
  const folders = searching ? [] : (below.data?.data ?? []);
  const hasOnlyFolders = folders.length > 0 && prompts.data?.pages[0]?.data.length === 0;
  return (
    <Stack>
      <ListHead title="Prompts">
        <NewPromptButton folder={terms.folder} />
      </ListHead>
      <Group>
        <SearchField q={terms.q} />
        <Narrowing {...terms} />
      </Group>
      <FolderPath folder={terms.folder} />
      <Pages
        pages={prompts}
        empty={
          hasOnlyFolders ? (
            <PromptTable folders={folders} prompts={[]} isSearch={false} />
          ) : (
            <Nothing terms={terms} />
          )
        }
      >
        {(rows) => <PromptTable folders={folders} prompts={rows} isSearch={searching} />}
      </Pages>
    </Stack>
  );
}
