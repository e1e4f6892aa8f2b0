import { AppShell, Burger, Group, ScrollArea, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useParams } from "@tanstack/react-router";
import { useEffect } from "react";

import { Icon } from "../parts/icon.tsx";
import { AnchorLink } from "../parts/links.tsx";
import { rememberProject } from "./chosen-project.ts";
import { ColourSchemeButton } from "./colour-scheme-button.tsx";
import { KeyboardHelp } from "./keyboard-help.tsx";
import { Navigation } from "./navigation.tsx";
import { Palette, PaletteButton } from "./palette.tsx";
import { ProjectMenu } from "./project-menu.tsx";

const Brand = () => {
  const { projectId } = useParams({ from: "/projects/$projectId" });
  return (
    <AnchorLink
      to="/projects/$projectId/prompts"
      params={{ projectId }}
      search={{}}
      fw={700}
      size="lg"
      c="var(--mantine-color-text)"
      underline="never"
      visibleFrom="xs"
    >
      Promptside
    </AnchorLink>
  );
};

/** What is around every screen: navigation, project, palette, help. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure();
  const { projectId } = useParams({ from: "/projects/$projectId" });
  useEffect(() => rememberProject(projectId), [projectId]);
  return (
    <AppShell
      header={{ height: 54 }}
      navbar={{ width: 210, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding={{ base: "sm", sm: "lg" }}
    >
      <a className="skip-link" href="#main">
        To the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={opened ? "Close the navigation" : "Open the navigation"}
            />
            <Brand />
            <ProjectMenu />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <PaletteButton />
            <ColourSchemeButton />
            <KeyboardHelp />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Screens">
        <AppShell.Section grow component={ScrollArea}>
          <Navigation onNavigate={close} />
        </AppShell.Section>
        <AppShell.Section>
          <Text
            size="sm"
            c="dimmed"
            p="xs"
            renderRoot={(props) => <a href="/docs" target="_blank" rel="noreferrer" {...props} />}
          >
            API reference <Icon name="external" size={12} />
          </Text>
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
      <Palette />
    </AppShell>
  );
}
