import { Refusal } from "../../platform/errors.ts";
import { type Endpoint, endpoint, json } from "../../platform/http.ts";
import { settingsOf } from "../projects/index.ts";
import { Score, ScorePath } from "./contract.ts";
import { findScores } from "./index.ts";
import { scoreView } from "./view.ts";

const byId = (path: string): Endpoint =>
  endpoint({
    method: "GET",
    path,
    access: "read",
    tag: "Scores",
    summary: "One score. Where several have this id, each on another trace, the newest.",
    params: ScorePath,
    answers: { 200: Score },
    async handle(scope, { params }) {
      const found = await findScores(scope, params.id);
      const [newest] = found.sort((a, b) => b.updatedUs - a.updatedUs);
      if (!newest) throw new Refusal("not_found", `there is no score ${params.id}`);
      const { scoreConfigs } = await settingsOf(scope);
      return json(scoreView(newest, scoreConfigs));
    },
  });

/** Lists are in `ingest/reads`: they walk what arrived lately. */
export const scoreEndpoints: Endpoint[] = [
  byId("/api/public/scores/:id"),
  byId("/api/public/v2/scores/:id"),
];
