/** Where an import goes on: the page of the list, the place in it, the last version that was read there. */
export type Cursor = { page: number; index: number; after: number; prompts: number };

export const START: Cursor = { page: 1, index: 0, after: 0, prompts: 0 };

export const writeCursor = ({ page, index, after, prompts }: Cursor): string =>
  `${page}.${index}.${after}.${prompts}`;

/** @returns undefined for a text that is no cursor */
export function readCursor(text: string): Cursor | undefined {
  const found = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/.exec(text);
  if (!found) return undefined;
  const [page = 0, index = 0, after = 0, prompts = 0] = found.slice(1).map(Number);
  return page < 1 ? undefined : { page, index, after, prompts };
}
