import { Button, Menu, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { sessions } from "../api/session.ts";
import { Icon } from "../parts/icon.tsx";
import { useProject } from "./project.ts";
import { useSignOut } from "./sign-out.ts";

/** Which project this is, the others that this browser is signed in to, and the way out. */
export function ProjectMenu() {
  const { id, name, session } = useProject();
  const { data } = useQuery(sessions);
  const navigate = useNavigate();
  const signOut = useSignOut();
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          px="xs"
          maw={{ base: 170, sm: 320 }}
          c="var(--mantine-color-text)"
          rightSection={<Icon name="chevron" size={16} />}
          aria-label={`Project ${name}`}
        >
          <Text truncate inherit>
            {name}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Projects</Menu.Label>
        {data?.data.map(({ project }) => (
          <Menu.Item
            key={project.id}
            leftSection={
              project.id === id ? <Icon name="check" size={16} /> : <span style={{ width: 16 }} />
            }
            onClick={() =>
              void navigate({
                to: "/projects/$projectId/prompts",
                params: { projectId: project.id },
                search: {},
              })
            }
          >
            {project.name}
          </Menu.Item>
        ))}
        <Menu.Item
          leftSection={<Icon name="plus" size={16} />}
          onClick={() => void navigate({ to: "/sign-in" })}
        >
          Sign in to another project
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>
          {session.who} · {session.role}
        </Menu.Label>
        {session.via === "key" && (
          <Menu.Item onClick={() => signOut.mutate()}>Sign out of {name}</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
