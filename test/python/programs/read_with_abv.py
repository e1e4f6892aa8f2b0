"""Reads back, with abvdev's own types, what was sent. An answer they cannot parse is an error."""

import json
import os

from abvdev import ABV

api = ABV().api
trace_id, observation_id, score_id, session_id = os.environ["E2E_IDS"].split(",")

trace = api.trace.get(trace_id)
observation = api.observations.get(observation_id)
score = api.score_v_2.get_by_id(score_id)
session = api.sessions.get(session_id)
prompts = api.prompts.list(limit=1)
print(
    json.dumps(
        {
            "trace": [trace.user_id, trace.session_id, trace.tags],
            "observations": sorted(one.type for one in trace.observations),
            "scores": [one.name for one in trace.scores],
            "traces": trace_id in [one.id for one in api.trace.list(session_id=session_id).data],
            "observation": [
                observation.type,
                observation.name,
                observation.model,
                observation.usage_details,
                observation.cost_details,
                observation.prompt_name,
                observation.prompt_version,
                observation.latency,
                observation.time_to_first_token,
            ],
            "of_trace": len(api.observations.get_many(trace_id=trace_id).data),
            "score": [score.name, score.value, score.source, score.data_type],
            "scores_by_name": [one.id for one in api.score_v_2.get(name="helpful").data],
            "session": sorted(one.id for one in session.traces),
            "sessions": [one.id for one in api.sessions.list().data],
            "prompts": [prompts.meta.total_items, prompts.data[0].name, prompts.data[0].versions],
            "health": api.health.health().status,
        }
    ),
    flush=True,
)
os._exit(0)
