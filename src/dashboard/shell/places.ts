import type { Scope } from "../api/session.ts";
import type { IconName } from "../parts/icon.tsx";

/**
 * The screens that the navigation, the palette and the `g` keys lead to. `to` is a route of
 * router.tsx; its only parameter is the project.
 */
export const PLACES = [
  { to: "/projects/$projectId/prompts", label: "Prompts", icon: "prompt", key: "p", scope: "read" },
  {
    to: "/projects/$projectId/metrics",
    label: "Metrics",
    icon: "metrics",
    key: "m",
    scope: "read",
  },
  {
    to: "/projects/$projectId/compare",
    label: "Compare",
    icon: "compare",
    key: "c",
    scope: "read",
  },
  {
    to: "/projects/$projectId/generations",
    label: "Generations",
    icon: "generation",
    key: "g",
    scope: "read",
  },
  {
    to: "/projects/$projectId/dashboards",
    label: "Dashboards",
    icon: "dashboard",
    key: "d",
    scope: "read",
  },
  {
    to: "/projects/$projectId/rollouts",
    label: "Rollouts",
    icon: "rollout",
    key: "o",
    scope: "read",
  },
  {
    to: "/projects/$projectId/incidents",
    label: "Incidents",
    icon: "incident",
    key: "i",
    scope: "read",
  },
  {
    to: "/projects/$projectId/monitors",
    label: "Monitors",
    icon: "monitor",
    key: "n",
    scope: "read",
  },
  {
    to: "/projects/$projectId/reports",
    label: "Reports",
    icon: "report",
    key: "r",
    scope: "read",
  },
  {
    to: "/projects/$projectId/destinations",
    label: "Destinations",
    icon: "destination",
    key: "t",
    scope: "admin",
  },
  { to: "/projects/$projectId/keys", label: "Keys", icon: "key", key: "k", scope: "admin" },
  { to: "/projects/$projectId/audit", label: "Audit", icon: "audit", key: "a", scope: "admin" },
  {
    to: "/projects/$projectId/settings",
    label: "Settings",
    icon: "settings",
    key: "s",
    scope: "read",
  },
] as const satisfies readonly Place[];

type Place = {
  to: string;
  label: string;
  icon: IconName;
  /** Pressed after `g`. */
  key: string;
  /** Who lacks it is not offered the screen. */
  scope: Scope;
};
