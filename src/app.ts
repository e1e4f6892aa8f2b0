import { Refusal } from "./platform/errors.ts";
import { type Endpoint, mount } from "./platform/http.ts";

export const endpoints: Endpoint[] = [];

export const app = mount(endpoints, () => {
  throw new Refusal("unauthenticated", "no keys yet");
});
