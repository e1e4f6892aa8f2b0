"""Reads back, with langfuse's own types, what was sent. An answer they cannot parse is an error."""

import json
import os

from langfuse import Langfuse

api = Langfuse().api
trace_id, observation_id, score_id, session_id = os.environ["E2E_IDS"].split(",")

FIELDS = "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"
of_trace = api.observations.get_many(trace_id=trace_id, fields=FIELDS).data
observation = next(one for one in of_trace if one.id == observation_id)
[score] = api.scores.get_many(id=score_id, fields="subject,details").data
prompts = api.prompts.list(limit=1)
print(
    json.dumps(
        {
            "observations": sorted(one.type for one in of_trace),
            "observation": [
                observation.type,
                observation.name,
                observation.usage_details,
                observation.cost_details,
                observation.prompt_name,
                observation.prompt_version,
                observation.latency,
                observation.time_to_first_token,
            ],
            "trace": [observation.user_id, observation.session_id, observation.tags],
            "roots": [one.name for one in of_trace if one.is_root_observation],
            "score": [score.name, score.value, score.source, score.data_type, score.subject.kind],
            "scores_by_name": [one.id for one in api.scores.get_many(name="helpful").data],
            "of_session": [one.id for one in api.scores.get_many(session_id=session_id).data],
            "prompts": [prompts.meta.total_items, prompts.data[0].name, prompts.data[0].versions],
            "health": api.health.health().status,
        }
    ),
    flush=True,
)
os._exit(0)
