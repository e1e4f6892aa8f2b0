import { describe } from "vitest";

import { itHolds } from "./limits.ts";
import { caching } from "./worlds.ts";

describe("a version that is no different", () => {
  itHolds([caching(1), caching(2)]);
});
