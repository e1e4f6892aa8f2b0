import type {
  ChatItem,
  DocumentRef,
  PromptContent,
  PromptType,
  ResolutionGraph,
} from "../model.ts";
import { refKey, replaceReferences } from "./syntax.ts";

/** Prompts on a path of references, the one that is read included. Source: the original's limit. */
export const MAX_DEPTH = 5;
/** UTF-16 code units of a resolved template: references inside references multiply. */
export const MAX_RESOLVED_CHARACTERS = 2_000_000;

type Node = { id: string; name: string; version: number; prompt: PromptContent };
/** A version that something refers to. */
export type Target = Node & { type: PromptType };

export type Resolved =
  | { ok: true; prompt: PromptContent; graph: ResolutionGraph | null }
  | { ok: false; problem: string };

/** Why a prompt cannot be resolved. Never leaves this file. */
class Unresolvable extends Error {}

/** A target with everything inserted: its text, the levels and the names below it, itself included. */
type Inserted = { text: string; levels: number; names: ReadonlySet<string> };

const shown = ({ name, kind, selector }: DocumentRef): string =>
  kind === "label" ? `'${name}' with label '${selector}'` : `'${name}' with version ${selector}`;

const nodeOf = ({ id, name, version }: Node) => ({ id, name, version });

/**
 * Inserts what a version refers to, as it is, and what that refers to in turn.
 *
 * @param find the version at a label or number now, of the same project; undefined when there is none
 * @returns the problem, in words for the caller, when something is missing, is no text prompt,
 *   comes back to a name on its own path, or grows too deep or too large
 */
export function resolve(root: Node, find: (ref: DocumentRef) => Target | undefined): Resolved {
  const known = new Map<string, Inserted>();
  const dependencies: ResolutionGraph["dependencies"] = {};

  function insert(ref: DocumentRef, path: readonly string[]): Inserted {
    if (path.includes(ref.name)) {
      throw new Unresolvable(
        `${[...path, ref.name].map((name) => `'${name}'`).join(" -> ")} is circular`,
      );
    }
    if (path.length >= MAX_DEPTH) {
      throw new Unresolvable(
        `references are nested deeper than ${MAX_DEPTH} prompts at ${shown(ref)}`,
      );
    }
    const target = find(ref);
    if (!target) throw new Unresolvable(`there is no prompt ${shown(ref)}`);
    if (typeof target.prompt !== "string") {
      throw new Unresolvable(`${shown(ref)} is a chat prompt; only text prompts can be inserted`);
    }
    const inserted = known.get(target.id) ?? expandTarget(target, target.prompt, path);
    if (path.length + inserted.levels > MAX_DEPTH) {
      throw new Unresolvable(
        `references are nested deeper than ${MAX_DEPTH} prompts at ${shown(ref)}`,
      );
    }
    const again = path.find((name) => inserted.names.has(name));
    if (again !== undefined) throw new Unresolvable(`${shown(ref)} leads back to '${again}'`);
    return inserted;
  }

  function expandTarget(target: Target, text: string, path: readonly string[]): Inserted {
    const below: Inserted[] = [];
    const expanded = expand(target, [...path, target.name], below)(text);
    const inserted: Inserted = {
      text: expanded,
      levels: 1 + Math.max(0, ...below.map(({ levels }) => levels)),
      names: new Set([target.name, ...below.flatMap(({ names }) => [...names])]),
    };
    known.set(target.id, inserted);
    return inserted;
  }

  /** Expands texts of one version, which share one limit. */
  function expand(from: Node, path: readonly string[], below: Inserted[]) {
    let characters = 0;
    return (text: string): string => {
      characters += text.length;
      return replaceReferences(text, (ref) => {
        const inserted = insert(ref, path);
        below.push(inserted);
        note(from, ref);
        characters += inserted.text.length;
        if (characters > MAX_RESOLVED_CHARACTERS) {
          throw new Unresolvable(
            `with its references it is larger than ${MAX_RESOLVED_CHARACTERS} characters`,
          );
        }
        return inserted.text;
      });
    };
  }

  function note(from: Node, ref: DocumentRef): void {
    const target = find(ref);
    const list = (dependencies[from.id] ??= []);
    if (target && !list.some(({ id }) => id === target.id)) list.push(nodeOf(target));
  }

  try {
    const expandText = expand(root, [root.name], []);
    const prompt =
      typeof root.prompt === "string"
        ? expandText(root.prompt)
        : root.prompt.map(inItem(expandText));
    const graph =
      Object.keys(dependencies).length > 0 ? { root: nodeOf(root), dependencies } : null;
    return { ok: true, prompt, graph };
  } catch (error) {
    if (error instanceof Unresolvable) return { ok: false, problem: error.message };
    throw error;
  }
}

const inItem =
  (expandText: (text: string) => string) =>
  (item: ChatItem): ChatItem =>
    "content" in item ? { ...item, content: expandText(item.content) } : item;

/** A finder over targets that were loaded together. */
export function finderOf(
  targets: readonly { ref: DocumentRef; target: Target | undefined }[],
): (ref: DocumentRef) => Target | undefined {
  const byKey = new Map(targets.map(({ ref, target }) => [refKey(ref), target]));
  return (ref) => byKey.get(refKey(ref));
}
