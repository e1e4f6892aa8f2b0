import { type Endpoint, endpoint, json } from "../../platform/http.ts";
import {
  CreateDestination,
  CreatedDestination,
  Delivery,
  DeliveryList,
  DeliveryQuery,
  DeliveryWithLog,
  Destination,
  DestinationList,
  IdPath,
  Nothing,
  Page,
  PatchDestination,
  RotateDestination,
} from "./contract.ts";
import { listDeliveries, readDelivery, resend, test } from "./deliveries/actions.ts";
import {
  changeDestination,
  createDestination,
  deleteDestination,
  listDestinations,
  readDestination,
  rotateSecret,
} from "./destinations/actions.ts";

const path = "/api/public/destinations";
const tag = "Notifications";
const access = "admin";
const CREATED = 201;
const ACCEPTED = 202;
const absent = "There is no such destination";
const changed = "It was changed meanwhile";

const destinations: Endpoint[] = [
  endpoint({
    method: "POST",
    path,
    access,
    tag,
    summary: "Create a destination of notifications; a webhook's secret is said this once",
    body: CreateDestination,
    answers: { 201: CreatedDestination, 409: "The project has too many destinations" },
    handle: async (scope, { body }) => json(await createDestination(scope, body), CREATED),
  }),
  endpoint({
    method: "GET",
    path,
    access,
    tag,
    summary: "The project's destinations, without their secrets",
    query: Page,
    answers: { 200: DestinationList },
    handle: async (scope, { query }) => json(await listDestinations(scope, query)),
  }),
  endpoint({
    method: "GET",
    path: `${path}/:id`,
    access,
    tag,
    summary: "One destination, without its secrets",
    params: IdPath,
    answers: { 200: Destination, 404: absent },
    handle: async (scope, { params }) => json(await readDestination(scope, params.id)),
  }),
  endpoint({
    method: "PATCH",
    path: `${path}/:id`,
    access,
    tag,
    summary: "Rename, filter, pause or bring back a destination",
    params: IdPath,
    body: PatchDestination,
    answers: { 200: Destination, 404: absent, 409: changed },
    handle: async (scope, { params, body }) =>
      json(await changeDestination(scope, params.id, body)),
  }),
  endpoint({
    method: "DELETE",
    path: `${path}/:id`,
    access,
    tag,
    summary: "Delete a destination; the log of what it was sent stays",
    params: IdPath,
    answers: { 204: "Deleted", 404: absent },
    handle: async (scope, { params }) => {
      await deleteDestination(scope, params.id);
      return new Response(null, { status: 204 });
    },
  }),
  endpoint({
    method: "POST",
    path: `${path}/:id/rotate`,
    access,
    tag,
    summary: "Give a webhook a new secret; the old ones sign as well for the overlap",
    params: IdPath,
    body: RotateDestination,
    emptyBody: {},
    answers: { 200: CreatedDestination, 404: absent, 409: `${changed}, or it is no webhook` },
    handle: async (scope, { params, body }) => json(await rotateSecret(scope, params.id, body)),
  }),
  endpoint({
    method: "POST",
    path: `${path}/:id/test`,
    access,
    tag,
    summary: "Send a test now, once, and say what came of it",
    params: IdPath,
    body: Nothing,
    emptyBody: {},
    answers: { 200: DeliveryWithLog, 404: absent },
    handle: async (scope, { params }) => json(await test(scope, params.id)),
  }),
];

const deliveries: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/deliveries",
    access,
    tag,
    summary: "What was sent, newest first; kept for 30 days",
    query: DeliveryQuery,
    answers: { 200: DeliveryList },
    handle: async (scope, { query }) => json(await listDeliveries(scope, query)),
  }),
  endpoint({
    method: "GET",
    path: "/api/public/deliveries/:id",
    access,
    tag,
    summary: "One delivery with the request and the answer of each attempt",
    params: IdPath,
    answers: { 200: DeliveryWithLog, 404: "There is no such delivery" },
    handle: async (scope, { params }) => json(await readDelivery(scope, params.id)),
  }),
  endpoint({
    method: "POST",
    path: "/api/public/deliveries/:id/resend",
    access,
    tag,
    summary: "Send a delivery again, under the same id",
    params: IdPath,
    body: Nothing,
    emptyBody: {},
    answers: {
      202: Delivery,
      404: "There is no such delivery",
      409: "Its destination is gone or not active",
    },
    handle: async (scope, { params }) => json(await resend(scope, params.id), ACCEPTED),
  }),
];

export const notificationEndpoints: Endpoint[] = [...destinations, ...deliveries];
