type Octets = [number, number, number, number];

/** Blocks of IPv4 that no public server has. Source: IANA IPv4 Special-Purpose Address Registry. */
const PRIVATE_V4: ((octets: Octets) => boolean)[] = [
  ([a]) => a === 0 || a === 10 || a === 127 || a >= 224,
  ([a, b]) => a === 100 && b >= 64 && b < 128,
  ([a, b]) => a === 169 && b === 254,
  ([a, b]) => a === 172 && b >= 16 && b < 32,
  ([a, b]) => a === 192 && (b === 168 || b === 0),
  ([a, b, c]) => a === 192 && b === 88 && c === 99,
  ([a, b, c]) => a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100)),
  ([a, b, c]) => a === 203 && b === 0 && c === 113,
];
const PRIVATE_NAMES = /(^|\.)(localhost|local|internal|lan|home\.arpa|onion)$/;

/** A URL's host has its IPv4 addresses in four decimals, whatever was typed. */
function octetsOf(host: string): Octets | undefined {
  const found = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host);
  return found ? (found.slice(1).map(Number) as Octets) : undefined;
}

/**
 * Only global unicast (2000::/3) is public, and of that not what holds an IPv4 address (6to4,
 * Teredo) nor what is for benchmarks and books. Source: IANA IPv6 Special-Purpose Address Registry.
 */
const isPublicV6 = (host: string): boolean =>
  /^\[[23][0-9a-f]{3}:/.test(host) && !/^\[(2002:|2001:(:|0:|2:0:|db8:|[12].:)|3fff:)/.test(host);

function isPublic(host: string): boolean {
  if (host.startsWith("[")) return isPublicV6(host);
  const octets = octetsOf(host);
  if (octets) return !PRIVATE_V4.some((holds) => holds(octets));
  return host.includes(".") && !PRIVATE_NAMES.test(host);
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/\.+$/, "");

/** Whether an address names the machine that asks. */
export function isLoopback(url: URL): boolean {
  const host = hostOf(url);
  const isName = host === "localhost" || host.endsWith(".localhost");
  return isName || host === "[::1]" || octetsOf(host)?.[0] === 127;
}

/**
 * Why this server must not fetch from an address that somebody gave it; undefined when it may.
 * Judged before anything is fetched, so that nobody makes it ask servers that only it can reach.
 *
 * @param local whether this instance runs on somebody's own machine: then its loopback is fine
 */
export function problemOfAddress(url: URL, local: boolean): string | undefined {
  if (url.username !== "" || url.password !== "") return "must not hold credentials";
  const isOwn = local && isLoopback(url);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isOwn)) {
    return "must begin with https://";
  }
  return isOwn || isPublic(hostOf(url)) ? undefined : "must be a public address";
}
