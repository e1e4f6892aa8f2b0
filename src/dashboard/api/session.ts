import { queryOptions } from "@tanstack/react-query";

import type { SessionList } from "../../features/projects/contract.ts";
import { type Answer, apiOf } from "./client.ts";

/** A project that this browser is signed in to, and what its person may do there. */
export type Session = Answer<typeof SessionList>["data"][number];
export type Scope = Session["scopes"][number];

/** Every project that this browser is signed in to. */
export const sessions = queryOptions({
  queryKey: ["sessions"],
  queryFn: ({ signal }) =>
    apiOf(null).get<Answer<typeof SessionList>>("/api/public/session", {}, signal),
  staleTime: 60_000,
});
