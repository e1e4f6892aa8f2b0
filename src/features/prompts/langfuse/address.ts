import { problemOfAddress } from "../../../lib/address.ts";

/** The address of an instance to import from, without a slash at its end; or why it is refused. */
export type Address = { url: string } | { problem: string };

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/**
 * Judges an address before anything is fetched from it.
 *
 * @param local whether this instance runs on somebody's own machine: then its loopback is fine
 */
export function checkAddress(text: string, local: boolean): Address {
  const url = parse(text);
  if (!url) return { problem: "is not a URL" };
  const problem = problemOfAddress(url, local);
  return problem === undefined
    ? { url: `${url.origin}${url.pathname.replace(/\/+$/, "")}` }
    : { problem };
}
