import type { WatchChange } from "./course.ts";
import type { Account, Look } from "./look.ts";
import { nameOf } from "./words.ts";

const minutesText = (minutes: number): string =>
  minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} minutes`;

/** What an incident begins with: what its window says, or that it is the last of many that say too little. */
export function beginningOf(change: WatchChange, look: Look): Account {
  const account = look.account();
  if (change.type !== "fell_silent") return account;
  const { prompt, version } = change.watch;
  const metric = account.findings[0]?.metric ?? "what is watched";
  const summary = `no data: too few values of ${metric} of ${nameOf(prompt, version)} for ${minutesText(change.minutes)}`;
  return { ...account, summary };
}
