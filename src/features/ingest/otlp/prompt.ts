import { type Link, promptLink } from "../metadata-keys.ts";

export { promptLink };

/** The app used its own text for the prompt: no version made this generation. */
export const fallbackOf = (promptName: string): Link => ({ promptName, promptFallback: true });
