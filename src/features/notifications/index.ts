export { announce, emitting, notify } from "./events/actions.ts";
