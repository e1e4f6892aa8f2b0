import { describe } from "vitest";

import { itHolds } from "./limits.ts";
import { INDEPENDENT, RAMP, STICKY } from "./worlds.ts";

describe("a version that is no different", () => {
  itHolds([INDEPENDENT, STICKY, RAMP]);
});
