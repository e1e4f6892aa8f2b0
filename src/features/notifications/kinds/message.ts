import type { StoredEvent } from "../model.ts";

/** An event in words, for people. Not escaped for any format. */
export type Message = {
  title: string;
  /** Name and value, in order. */
  facts: [name: string, value: string][];
  /** A paragraph or a list; null where the facts say it all. */
  text: string | null;
  mood: "good" | "bad" | "neutral";
};

type Data = Record<string, unknown>;

function wordOf(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (Array.isArray(value)) return value.join(", ") || "none";
  return typeof value === "string" ? value : JSON.stringify(value);
}

const percent = (share: unknown): string =>
  typeof share === "number" ? `${Math.round(share * 1000) / 10} %` : "none";

const BAD = new Set([
  "rollout.rolled_back",
  "rollout.held",
  "incident.opened",
  "incident.reminded",
]);
const GOOD = new Set(["rollout.promoted", "incident.resolved"]);

function moodOf(type: string): Message["mood"] {
  if (BAD.has(type) || type === "destination.disabled") return "bad";
  return GOOD.has(type) ? "good" : "neutral";
}

const facts = (data: Data, names: readonly [string, string][]): [string, string][] =>
  names
    .filter(([field]) => data[field] !== null && data[field] !== undefined)
    .map(([field, name]) => [name, field === "share" ? percent(data[field]) : wordOf(data[field])]);

function actorOf({ actor }: Data): string {
  const { kind, id } = actor as { kind: string; id: string };
  return kind === "system" ? `Promptside (${id})` : `key ${id}`;
}

function versionCreated(data: Data, isFirst: boolean): Omit<Message, "mood"> {
  const what = `${wordOf(data["prompt"])} v${wordOf(data["version"])}`;
  return {
    title: isFirst ? `New prompt ${what}` : `New version ${what}`,
    facts: [
      ["Labels", wordOf(data["labels"])],
      ["By", actorOf(data)],
    ],
    text: typeof data["commitMessage"] === "string" ? data["commitMessage"] : null,
  };
}

function deployed(data: Data): Omit<Message, "mood"> {
  const [prompt, label] = [wordOf(data["prompt"]), wordOf(data["label"])];
  const [from, to] = [data["from"], data["to"]];
  const title =
    to === null
      ? `${prompt}: label ${label} was taken away`
      : `${prompt}: ${label} now serves v${wordOf(to)}`;
  return {
    title,
    facts: [
      ["Before", from === null ? "none" : `v${wordOf(from)}`],
      ["By", actorOf(data)],
    ],
    text: typeof data["reason"] === "string" ? data["reason"] : null,
  };
}

const ROLLOUT_WORDS: Record<string, string> = {
  "rollout.started": "rollout started",
  "rollout.stage_started": "rollout entered its next stage",
  "rollout.held": "rollout is held",
  "rollout.paused": "rollout was paused",
  "rollout.resumed": "rollout goes on",
  "rollout.promoted": "candidate was promoted",
  "rollout.rolled_back": "candidate was rolled back",
  "rollout.inconclusive": "rollout ended without a verdict",
  "rollout.aborted": "rollout was aborted",
};

const rollout = (type: string, data: Data): Omit<Message, "mood"> => ({
  title: `${wordOf(data["prompt"])}@${wordOf(data["label"])}: ${ROLLOUT_WORDS[type] ?? type}`,
  facts: facts(data, [
    ["control", "Control"],
    ["candidate", "Candidate"],
    ["stage", "Stage"],
    ["share", "Share"],
  ]),
  text: typeof data["reason"] === "string" ? data["reason"] : null,
});

const INCIDENT_WORDS: Record<string, string> = {
  "incident.opened": "Incident",
  "incident.reminded": "Still open",
  "incident.acknowledged": "Acknowledged",
  "incident.resolved": "Resolved",
};

const incident = (type: string, data: Data): Omit<Message, "mood"> => ({
  title: `${INCIDENT_WORDS[type] ?? type}: ${wordOf(data["monitor"])}`,
  facts: facts(data, [
    ["prompt", "Prompt"],
    ["label", "Label"],
    ["version", "Version"],
    ["severity", "Severity"],
    ["openedAt", "Since"],
    ["resolvedAt", "Until"],
  ]),
  text: wordOf(data["summary"]),
});

function report(data: Data): Omit<Message, "mood"> {
  const { from, to } = data["period"] as { from: string; to: string };
  const highlights = data["highlights"] as string[];
  return {
    title: wordOf(data["title"]),
    facts: [
      ["From", from],
      ["To", to],
      ["Page", wordOf(data["url"] ?? data["path"])],
    ],
    text: highlights.length > 0 ? highlights.map((line) => `• ${line}`).join("\n") : null,
  };
}

const disabled = (data: Data): Omit<Message, "mood"> => ({
  title: `Destination ${wordOf(data["destination"])} was disabled`,
  facts: [],
  text: wordOf(data["reason"]),
});

const test = (data: Data): Omit<Message, "mood"> => ({
  title: `Test of ${wordOf(data["destination"])}`,
  facts: [["By", actorOf(data)]],
  text: "Promptside can reach this destination.",
});

function wordsOf(type: string, data: Data): Omit<Message, "mood"> {
  if (type.startsWith("rollout.")) return rollout(type, data);
  if (type.startsWith("incident.")) return incident(type, data);
  if (type === "prompt.deployed") return deployed(data);
  if (type === "report.ready") return report(data);
  if (type === "destination.disabled") return disabled(data);
  if (type === "destination.test") return test(data);
  return versionCreated(data, type === "prompt.created");
}

export const messageOf = ({ type, data }: Pick<StoredEvent, "type" | "data">): Message => ({
  ...wordsOf(type, data),
  mood: moodOf(type),
});
