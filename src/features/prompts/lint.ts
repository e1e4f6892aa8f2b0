import { placeholdersOf, type PromptContent, textsOf, variablesOf } from "./model.ts";

/** Something about a new version that is allowed, and yet probably a mistake. */
export type Warning = {
  code:
    | "unbalanced_braces"
    | "variable_is_placeholder"
    | "variable_vanished"
    | "placeholder_vanished";
  message: string;
  /** Where it is: the text, or the message of a chat prompt. */
  path: string;
};

/** Longest piece of a template that a warning quotes, in UTF-16 code units. */
const QUOTED = 40;

const quote = (text: string, at: number): string => JSON.stringify(text.slice(at, at + QUOTED));

/** `{{` that no `}}` closes before the next one opens. */
function unclosedIn(text: string): number | undefined {
  for (let open = text.indexOf("{{"); open >= 0; open = text.indexOf("{{", open)) {
    const inside = text.startsWith("{{{", open) ? open + 3 : open + 2;
    const close = text.indexOf("}}", inside);
    const next = text.indexOf("{{", inside);
    if (close < 0 || (next >= 0 && next < close)) return open;
    open = close + 2;
  }
  return undefined;
}

/** `}}` where no brace is open at all; after two open ones, however far apart, it may be JSON's. */
function unopenedIn(text: string): number | undefined {
  let open = 0;
  for (const { 0: brace, index } of text.matchAll(/[{}]/g)) {
    if (brace === "}" && open === 0 && text[index + 1] === "}") return index;
    open = brace === "{" ? open + 1 : Math.max(0, open - 1);
  }
  return undefined;
}

/** A name between one brace and two: one was forgotten. */
const HALF_OPEN = /(?<!\{)\{\s*[\w.-]+\s*\}\}(?!\})/;

function bracesOf(text: string, path: string): Warning[] {
  const warn = (message: string): Warning[] => [{ code: "unbalanced_braces", path, message }];
  const open = unclosedIn(text);
  if (open !== undefined) return warn(`${quote(text, open)} is not closed by }}`);
  const half = HALF_OPEN.exec(text);
  if (half) return warn(`${quote(text, half.index)} is opened by one brace only`);
  const stray = unopenedIn(text);
  if (stray === undefined) return [];
  const from = Math.max(0, stray - QUOTED);
  return warn(`${JSON.stringify(text.slice(from, stray + 2))} is closed by }} but not opened`);
}

const pathsOf = (content: PromptContent): string[] =>
  typeof content === "string"
    ? ["prompt"]
    : content.flatMap((item, index) => ("content" in item ? [`prompt.${index}.content`] : []));

function vanished(
  code: "variable_vanished" | "placeholder_vanished",
  before: readonly string[],
  now: readonly string[],
  version: number,
): Warning[] {
  const what = code === "variable_vanished" ? "variable" : "placeholder";
  return before
    .filter((name) => !now.includes(name))
    .map((name) => ({
      code,
      path: "prompt",
      message: `${what} '${name}' of version ${version}, which is on production, is gone: callers still give it`,
    }));
}

type Linted = {
  /** As it was written. */
  content: PromptContent;
  /** With its references inserted. */
  resolved: PromptContent;
  /** The version on production before this one, resolved where it can be. */
  production: { version: number; content: PromptContent } | undefined;
};

/** What is probably wrong with a new version. */
export function lint({ content, resolved, production }: Linted): Warning[] {
  const paths = pathsOf(content);
  const warnings = textsOf(content).flatMap((text, index) =>
    bracesOf(text, paths[index] ?? "prompt"),
  );
  const [variables, placeholders] = [variablesOf(resolved), placeholdersOf(resolved)];
  for (const name of placeholders.filter((name) => variables.includes(name))) {
    const message = `'${name}' is a placeholder here and a variable in a prompt that is inserted`;
    warnings.push({ code: "variable_is_placeholder", path: "prompt", message });
  }
  if (production) {
    const { version, content: before } = production;
    warnings.push(
      ...vanished("variable_vanished", variablesOf(before), variables, version),
      ...vanished("placeholder_vanished", placeholdersOf(before), placeholders, version),
    );
  }
  return warnings;
}
