import { type Endpoint, endpoint, json } from "../../../platform/http.ts";
import { Session, SessionList, SignedOut, SignIn } from "../contract.ts";
import { readSessions, signIn, signOut } from "./actions.ts";

const tag = "Dashboard sessions";
const path = "/api/public/session";

/** How browsers sign in. Every other route takes their session where it takes a key. */
export const sessionEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path,
    access: "open",
    tag,
    summary: "What this browser is signed in to, and what it may do there",
    answers: { 200: SessionList },
    handle: async (scope, _input, c) => json({ data: await readSessions(scope, c) }),
  }),
  endpoint({
    method: "POST",
    path,
    access: "open",
    tag,
    summary: "Sign in with a project's key; the answer sets a cookie that scripts cannot read",
    body: SignIn,
    answers: { 201: Session, 401: "the key is unknown or was revoked" },
    handle: async (scope, { body }, c) => {
      const { session, cookie } = await signIn(scope, c, body.secretKey);
      return json(session, 201, { "set-cookie": cookie });
    },
  }),
  endpoint({
    method: "DELETE",
    path,
    access: "read",
    tag,
    summary: "Sign out of the project",
    answers: { 200: SignedOut },
    handle: async (scope, _input, c) =>
      json({ signedOut: true }, 200, { "set-cookie": await signOut(scope, c) }),
  }),
];
