import { diffJson, type JsonChange } from "../../../lib/json-diff.ts";
import { alignLists, diffText, type Pair, type TextChange } from "../../../lib/text-diff.ts";
import { type ChatItem, placeholdersOf, type PromptContent, variablesOf } from "../model.ts";

/** What happened to one message or placeholder. `from` and `to` are its places in the two lists. */
export type MessageChange = {
  op: "same" | "changed" | "added" | "removed";
  from: number | null;
  to: number | null;
  /** null for a placeholder. */
  role: string | null;
  /** null for a message. */
  placeholder: string | null;
  content: TextChange[];
};

type Names = { added: string[]; removed: string[] };

export type ContentDiff = {
  identical: boolean;
  /** null for a chat prompt. */
  text: TextChange[] | null;
  /** null for a text prompt. */
  messages: MessageChange[] | null;
  config: JsonChange[];
  variables: Names;
  placeholders: Names;
};

type Side = { prompt: PromptContent; config: unknown };
type Placed = { item: ChatItem; place: number };

const placed = (items: readonly ChatItem[]): Placed[] =>
  items.map((item, place) => ({ item, place }));

const isSame = ({ item: a }: Placed, { item: b }: Placed): boolean =>
  "content" in a
    ? "content" in b && a.role === b.role && a.content === b.content
    : !("content" in b) && a.name === b.name;

/** Whether one may be the other rewritten: messages of one role. */
const isKin = ({ item: a }: Placed, { item: b }: Placed): boolean =>
  "content" in a && "content" in b && a.role === b.role;

const textOf = (placed: Placed | undefined): string =>
  placed && "content" in placed.item ? placed.item.content : "";

type Sides = { before: Placed | undefined; after: Placed | undefined };

function opOf({ before, after }: Sides): MessageChange["op"] {
  if (!before) return "added";
  if (!after) return "removed";
  return isSame(before, after) ? "same" : "changed";
}

const sidesOf = (pair: Pair<Placed>): Sides => ({
  before: "before" in pair ? pair.before : undefined,
  after: "after" in pair ? pair.after : undefined,
});

function changeOf(pair: Pair<Placed>): MessageChange {
  const sides = sidesOf(pair);
  const { before, after } = sides;
  const change = { op: opOf(sides), from: before?.place ?? null, to: after?.place ?? null };
  const item = (after ?? before)?.item;
  if (!item || !("content" in item)) {
    return { ...change, role: null, placeholder: item?.name ?? null, content: [] };
  }
  const content = diffText(textOf(before), textOf(after));
  return { ...change, role: item.role, placeholder: null, content };
}

/** Pairs messages that are the same; between those, messages of one role in their order. */
function diffMessages(before: readonly ChatItem[], after: readonly ChatItem[]): MessageChange[] {
  const changes: MessageChange[] = [];
  let [removed, added]: [Placed[], Placed[]] = [[], []];
  function flush(): void {
    changes.push(...alignLists(removed, added, isKin).map(changeOf));
    [removed, added] = [[], []];
  }
  for (const pair of alignLists(placed(before), placed(after), isSame)) {
    if ("before" in pair && "after" in pair) {
      flush();
      changes.push(changeOf(pair));
    } else if ("before" in pair) removed.push(pair.before);
    else added.push(pair.after);
  }
  flush();
  return changes;
}

function diffNames(before: readonly string[], after: readonly string[]): Names {
  return {
    added: after.filter((name) => !before.includes(name)),
    removed: before.filter((name) => !after.includes(name)),
  };
}

const itemsOf = (content: PromptContent): ChatItem[] =>
  typeof content === "string" ? [{ role: "user", content }] : content;

/** What changed between two versions of one prompt, as they were written. */
export function diffVersions(before: Side, after: Side): ContentDiff {
  const [old, now] = [before.prompt, after.prompt];
  const text = typeof old === "string" && typeof now === "string" ? diffText(old, now) : null;
  const messages = text ? null : diffMessages(itemsOf(old), itemsOf(now));
  const config = diffJson(before.config, after.config);
  return {
    identical:
      [...(text ?? messages ?? [])].every(({ op }) => op === "same") && config.length === 0,
    text,
    messages,
    config,
    variables: diffNames(variablesOf(before.prompt), variablesOf(after.prompt)),
    placeholders: diffNames(placeholdersOf(before.prompt), placeholdersOf(after.prompt)),
  };
}
