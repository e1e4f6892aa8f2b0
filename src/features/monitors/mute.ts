/** Since when nobody is told: until an instant, or until it is unmuted. */
export type Muting = { untilMs: number | null; reason: string | null };

export const isMuted = (mute: Muting | null, nowMs: number): boolean =>
  mute !== null && (mute.untilMs === null || mute.untilMs > nowMs);
