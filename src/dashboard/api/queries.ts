import { QueryClient } from "@tanstack/react-query";

import { ApiError } from "./client.ts";

const MAX_RETRIES = 2;

/** What trying again may mend: no answer, too many requests, a server that is busy. */
const mayPass = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status === 503);

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (failures, error) => failures < MAX_RETRIES && mayPass(error),
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});
