/** What each slice may use of the others. Absent pair = forbidden. Keep it acyclic, lowest first. */
const USES = {
  projects: [],
  pricing: [],
  notifications: ["projects"],
  prompts: ["projects", "pricing", "notifications"],
  scores: ["projects"],
  ingest: ["projects", "pricing", "prompts", "scores"],
  rollups: ["projects", "prompts", "ingest", "scores"],
  comparisons: ["projects", "prompts", "rollups", "scores", "ingest"],
  rollouts: ["projects", "notifications", "prompts", "rollups", "comparisons"],
  monitors: ["projects", "notifications", "prompts", "ingest", "rollups", "comparisons"],
  delivery: ["projects", "prompts"],
  dashboards: ["projects", "prompts", "rollups"],
  agents: ["prompts", "delivery", "rollups", "comparisons", "rollouts"],
  reports: [
    "projects",
    "notifications",
    "prompts",
    "ingest",
    "rollups",
    "comparisons",
    "monitors",
    "rollouts",
  ],
};

/** Files that may do I/O or speak HTTP. Everything else in a slice is pure. */
const IO_FILE = "^src/features/.*/(tables|store|actions|routes|jobs|index)[.]ts$";

const none = "(?!)";
const any = (names) => (names.length ? `(${names.join("|")})` : none);
const error = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

const sliceRules = Object.entries(USES).map(([slice, uses]) =>
  error(
    `${slice}-uses`,
    `${slice} may use only ${uses.join(", ") || "no other slice"}`,
    { path: `^src/features/${slice}/` },
    { path: "^src/features/", pathNot: [`^src/features/${slice}/`, `^src/features/${any(uses)}/`] },
  ),
);

export default {
  forbidden: [
    error("no-cycles", "a cycle has no reading order", {}, { circular: true }),
    error(
      "known-slices",
      "a new slice needs its row in the uses table",
      { path: "^src/features/", pathNot: `^src/features/${any(Object.keys(USES))}/` },
      {},
    ),
    error(
      "lib-is-closed",
      "lib is pure and knows nothing of us",
      { path: "^src/lib/" },
      { pathNot: ["^src/lib/", "node_modules/(@stdlib|diff|re2js)/"] },
    ),
    error(
      "platform-below-features",
      "platform knows no slice",
      { path: "^src/platform/" },
      { path: "^src/(features|dashboard|cli|app|worker)" },
    ),
    error(
      "front-doors",
      "enter another slice by model.ts (pure), contract.ts (wire) or index.ts (verbs)",
      { path: "^src/features/([^/]+)/" },
      {
        path: "^src/features/",
        pathNot: ["^src/features/$1/", "^src/features/[^/]+/(model|contract|index)[.]ts$"],
      },
    ),
    error(
      "pure-by-default",
      "only tables, store, actions, routes, jobs and index may do I/O or speak HTTP",
      { path: "^src/features/", pathNot: IO_FILE },
      { path: ["^src/platform/", "node_modules/(drizzle-orm|hono|@hono)/"] },
    ),
    error(
      "pure-stays-pure",
      "pure code may name a stored row's type, never call what stores it",
      { path: "^src/features/", pathNot: IO_FILE },
      { path: IO_FILE, dependencyTypesNot: ["type-only"] },
    ),
    error(
      "contract-is-portable",
      "contracts run in browser, CLI and Worker",
      { path: "/contract[.]ts$" },
      { pathNot: ["/(contract|model)[.]ts$", "^src/lib/", "node_modules/zod/"] },
    ),
    error(
      "clients-see-contracts",
      "dashboard and CLI talk over HTTP",
      { path: "^src/(dashboard|cli)/" },
      {
        path: "^src/",
        pathNot: [
          "^src/(dashboard|cli|lib)/",
          "/(contract|model)[.]ts$",
          // Pure: the editor warns of what the server will warn of.
          "^src/features/prompts/lint[.]ts$",
        ],
      },
    ),
    error(
      "dashboard-is-light",
      "a contract brings zod along: the dashboard takes its types only",
      { path: "^src/dashboard/" },
      {
        path: "^src/features/.*/contract[.]ts$|node_modules/zod/",
        dependencyTypesNot: ["type-only"],
      },
    ),
    error(
      "no-orphans",
      "unreachable",
      // A method of the statistics may stand alone; knip says when nothing uses it.
      {
        orphan: true,
        pathNot: [
          "[.]d[.]ts$",
          "^src/(worker|cli/main)[.]ts$",
          "^src/dashboard/public/",
          "^src/lib/stats/",
        ],
      },
      {},
    ),
    ...sliceRules,
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      conditionNames: ["types", "import", "default"],
      exportsFields: ["exports"],
    },
  },
};
