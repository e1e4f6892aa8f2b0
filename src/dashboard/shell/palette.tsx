import { ActionIcon, Button, Group, Kbd, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight, spotlight } from "@mantine/spotlight";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import type { SearchPage } from "../../features/prompts/catalog/contract.ts";
import { Icon } from "../parts/icon.tsx";
import { PLACES } from "./places.ts";
import { useProject } from "./project.ts";

const MAX_PROMPTS = 8;
const TYPING_MS = 150;

export const PaletteButton = () => (
  <>
    <Button
      variant="default"
      visibleFrom="sm"
      leftSection={<Icon name="search" size={16} />}
      rightSection={<Kbd size="xs">Ctrl K</Kbd>}
      onClick={spotlight.open}
    >
      Find
    </Button>
    <ActionIcon
      variant="default"
      size="lg"
      hiddenFrom="sm"
      aria-label="Find a prompt or a screen"
      onClick={spotlight.open}
    >
      <Icon name="search" />
    </ActionIcon>
  </>
);

function useFoundPrompts(typed: string, isOpen: boolean) {
  const { id, api } = useProject();
  const [q] = useDebouncedValue(typed.trim(), TYPING_MS);
  return useQuery({
    queryKey: [id, "palette", q],
    enabled: isOpen,
    queryFn: ({ signal }) =>
      api.get<SearchPage>(
        "/api/public/prompts/search",
        { q: q === "" ? undefined : q, limit: MAX_PROMPTS },
        signal,
      ),
    placeholderData: keepPreviousData,
  });
}

/** Ctrl-K: every screen, and every prompt by name or text. */
export function Palette() {
  const [typed, setTyped] = useState("");
  const { id: projectId, may } = useProject();
  const [isOpen, setOpen] = useState(false);
  const { data: found } = useFoundPrompts(typed, isOpen);
  const navigate = useNavigate();
  const wanted = typed.trim().toLowerCase();
  const places = PLACES.filter(
    ({ label, scope }) => may(scope) && label.toLowerCase().includes(wanted),
  );
  const prompts = found?.data ?? [];
  return (
    <Spotlight.Root
      query={typed}
      onQueryChange={setTyped}
      onSpotlightOpen={() => setOpen(true)}
      onSpotlightClose={() => setOpen(false)}
      shortcut={["mod + K", "/"]}
      scrollable
      maxHeight={420}
    >
      <Spotlight.Search
        placeholder="A prompt or a screen"
        aria-label="Find a prompt or a screen"
        leftSection={<Icon name="search" />}
      />
      <Spotlight.ActionsList>
        {places.length > 0 && (
          <Spotlight.ActionsGroup label="Screens">
            {places.map(({ to, label, icon }) => (
              <Spotlight.Action
                key={to}
                label={label}
                leftSection={<Icon name={icon} />}
                onClick={() => void navigate({ to, params: { projectId } })}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {prompts.length > 0 && (
          <Spotlight.ActionsGroup label="Prompts">
            {prompts.map(({ name, match }) => (
              <Spotlight.Action
                key={name}
                onClick={() =>
                  void navigate({
                    to: "/projects/$projectId/prompts/$name",
                    params: { projectId, name },
                  })
                }
              >
                <Group wrap="nowrap" gap="sm" w="100%">
                  <Icon name="prompt" />
                  <div style={{ minWidth: 0 }}>
                    <Text size="sm" truncate>
                      {name}
                    </Text>
                    {typeof match?.excerpt === "string" && (
                      <Text size="xs" c="dimmed" truncate>
                        {match.excerpt}
                      </Text>
                    )}
                  </div>
                </Group>
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        )}
        {places.length + prompts.length === 0 && (
          <Spotlight.Empty>Nothing is called so</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
