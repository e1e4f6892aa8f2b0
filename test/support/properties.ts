import { configureGlobal } from "fast-check";

/**
 * Properties draw the same cases in every run, so that a red check always speaks of the change it checks.
 * `VITE_PROPERTY_SEED=any` draws anew, another number draws what that number draws: to look for what
 * nobody thought of, run them so many times.
 */
const asked = import.meta.env["VITE_PROPERTY_SEED"];
if (asked !== "any") configureGlobal({ seed: Number(asked ?? 20_261_122) });
