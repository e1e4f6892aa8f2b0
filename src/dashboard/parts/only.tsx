import type { ReactNode } from "react";

import type { Scope } from "../api/session.ts";
import { useProject } from "../shell/project.ts";
import { Empty } from "./empty.tsx";

/** A screen that nothing leads to without the scope; an address that somebody sent does all the same. */
export function Only({ scope, children }: { scope: Scope; children: ReactNode }) {
  const { may } = useProject();
  if (may(scope)) return children;
  return (
    <Empty title="Your key may not do this">
      Sign in with a key that has the scope {scope}, or ask somebody who has one.
    </Empty>
  );
}
