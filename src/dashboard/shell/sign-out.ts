import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { sessions } from "../api/session.ts";
import { useProject } from "./project.ts";

/** Ends this browser's session for the project, and forgets what was loaded with it. */
export function useSignOut() {
  const { api } = useProject();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => api.send("DELETE", "/api/public/session"),
    onSuccess: async () => {
      await queries.cancelQueries();
      queries.clear();
      await queries.fetchQuery(sessions);
      await navigate({ to: "/" });
    },
  });
}
