import {
  Anchor,
  Box,
  Button,
  Center,
  Paper,
  PasswordInput,
  Stack,
  Text,
  Title,
} from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate, useRouter } from "@tanstack/react-router";
import { useState } from "react";

import { apiOf } from "../../api/client.ts";
import { type Session, sessions } from "../../api/session.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";

const route = getRouteApi("/sign-in");

/** A project's secret key becomes a session cookie; the key itself is kept nowhere. */
function useSignIn(next: string | undefined) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const router = useRouter();
  return useMutation({
    mutationFn: (secretKey: string) =>
      apiOf(null).send<Session>("POST", "/api/public/session", { secretKey }),
    onSuccess: async ({ project }) => {
      queries.clear();
      await queries.fetchQuery(sessions);
      if (next?.startsWith(`/projects/${project.id}`)) return router.history.push(next);
      await navigate({
        to: "/projects/$projectId/prompts",
        params: { projectId: project.id },
      });
    },
  });
}

export function SignInScreen() {
  const { next } = route.useSearch();
  const signIn = useSignIn(next);
  const [secretKey, setSecretKey] = useState("");
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper withBorder p="xl" w="100%" maw={440}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            signIn.mutate(secretKey.trim());
          }}
        >
          <Stack>
            <Box>
              <Title order={1}>Promptside</Title>
              <Text c="dimmed">Sign in to a project with one of its keys.</Text>
            </Box>
            <PasswordInput
              label="Secret key"
              description="What begins with sk-. npm start prints one; the settings make more."
              placeholder="sk-…"
              autoComplete="current-password"
              autoFocus
              required
              value={secretKey}
              onChange={(event) => setSecretKey(event.currentTarget.value)}
            />
            {signIn.error && <ErrorPanel error={signIn.error} title="That did not work" />}
            <Button type="submit" loading={signIn.isPending} disabled={secretKey.trim() === ""}>
              Sign in
            </Button>
            <Text size="sm" c="dimmed">
              What you may do here is what the key may do.{" "}
              <Anchor href="/docs" inherit underline="always">
                API reference
              </Anchor>
            </Text>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
