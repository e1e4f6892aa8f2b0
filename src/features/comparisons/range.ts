import { Refusal } from "../../platform/errors.ts";

export const refuseFrom = (message: string): Refusal =>
  new Refusal("invalid_request", `query from: ${message}`, { issues: [{ path: "from", message }] });

/** @throws Refusal invalid_request for a range without an end that begins after it, which is now */
export function requireBegun(
  { from, to }: { from?: Date | undefined; to?: Date | undefined },
  now: Date,
): void {
  if (from && from > (to ?? now))
    throw refuseFrom("must not be after to, which is now when absent");
}
