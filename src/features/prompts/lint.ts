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

/** `{{` that no `}}` closes before the next one opens. `}}` alone is common in JSON and means nothing. */
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

/** A name between one brace and two: one was forgotten. */
const HALF_OPEN = /(?<!\{)\{\s*[\w.-]+\s*\}\}(?!\})/;

function bracesOf(text: string, path: string): Warning[] {
  const open = unclosedIn(text);
  const half = HALF_OPEN.exec(text);
  const at = open ?? half?.index;
  if (at === undefined) return [];
  const what = open === undefined ? "is opened by one brace only" : "is not closed by }}";
  return [{ code: "unbalanced_braces", path, message: `${quote(text, at)} ${what}` }];
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
