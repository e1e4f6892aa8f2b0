import { fnv1a } from "../../lib/hash.ts";

/**
 * The shard that keeps a trace with its observations and scores, and a session's own scores.
 *
 * @param owner a trace id or a session id
 * @param count how many shards there are, at least 1
 */
export const shardIndex = (owner: string, count: number): number => fnv1a(owner) % count;
