/**
 * The text without what SQLite and JSON cannot carry through unharmed: NUL, which ends a string in
 * SQLite's JSON functions, is left out; a lone surrogate becomes U+FFFD.
 */
export const cleanText = (text: string): string => text.replaceAll("\u0000", "").toWellFormed();
