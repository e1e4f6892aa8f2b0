/** The address of an instance to import from, without a slash at its end; or why it is refused. */
export type Address = { url: string } | { problem: string };

type Octets = [number, number, number, number];

/** Blocks of IPv4 that no public server has (IANA special-purpose registry), as their first octets. */
const PRIVATE_V4: ((octets: Octets) => boolean)[] = [
  ([a]) => a === 0 || a === 10 || a === 127 || a >= 224,
  ([a, b]) => a === 100 && b >= 64 && b < 128,
  ([a, b]) => a === 169 && b === 254,
  ([a, b]) => a === 172 && b >= 16 && b < 32,
  ([a, b]) => a === 192 && (b === 168 || b === 0),
  ([a, b]) => a === 198 && (b === 18 || b === 19),
];
const PRIVATE_NAMES = /(^|\.)(localhost|local|internal|lan|home\.arpa|onion)$/;

/** A URL's host has its IPv4 addresses in four decimals, whatever was typed. */
function octetsOf(host: string): Octets | undefined {
  const found = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host);
  return found ? (found.slice(1).map(Number) as Octets) : undefined;
}

const isLoopback = (host: string): boolean =>
  host === "localhost" ||
  host.endsWith(".localhost") ||
  host === "[::1]" ||
  octetsOf(host)?.[0] === 127;

/** Only global unicast is public, and of that not 6to4, which holds an IPv4 address. */
const isPublicV6 = (host: string): boolean =>
  /^\[[23][0-9a-f]{3}:/.test(host) && !host.startsWith("[2002:");

function isPublic(host: string): boolean {
  if (host.startsWith("[")) return isPublicV6(host);
  const octets = octetsOf(host);
  if (octets) return !PRIVATE_V4.some((holds) => holds(octets));
  return host.includes(".") && !PRIVATE_NAMES.test(host);
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/**
 * Judges an address before anything is fetched from it, so that nobody can make this server ask
 * servers that only it can reach.
 *
 * @param local whether this instance runs on somebody's own machine: then its loopback is fine
 */
export function checkAddress(text: string, local: boolean): Address {
  const url = parse(text);
  if (!url) return { problem: "is not a URL" };
  if (url.username !== "" || url.password !== "") return { problem: "must not hold credentials" };
  const host = url.hostname.replace(/\.$/, "");
  const loopback = isLoopback(host);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && loopback && local)) {
    return { problem: "must begin with https://" };
  }
  if (!isPublic(host) && !(loopback && local)) return { problem: "must be a public address" };
  return { url: `${url.origin}${url.pathname.replace(/\/+$/, "")}` };
}
