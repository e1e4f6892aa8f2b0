import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { DELIVERY_STATES, type DeliveryState } from "../../../features/notifications/model.ts";
import { projectRoute } from "../../shell/root.tsx";

type DestinationsSearch = {
  /** Which of the two lists is looked at; absent: the destinations. */
  view?: "log" | undefined;
  destination?: string | undefined;
  state?: DeliveryState | undefined;
  /** The delivery that is open. */
  delivery?: string | undefined;
};

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

export const destinationsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "destinations",
  validateSearch: (search: Record<string, unknown>): DestinationsSearch => ({
    view: search["view"] === "log" ? "log" : undefined,
    destination: textOf(search["destination"]),
    state: DELIVERY_STATES.find((state) => state === search["state"]),
    delivery: textOf(search["delivery"]),
  }),
  component: lazyRouteComponent(() => import("./screen.tsx"), "DestinationsScreen"),
});
