// Every operation of the HTTP API, in the order of the documentation.
import * as z from "zod/mini";
import { coverageRoutes } from "./coverage-routes.ts";
import { datasetRoutes } from "./dataset-routes.ts";
import { failureRoutes } from "./failure-routes.ts";
import { financeRoutes } from "./finance-routes.ts";
import { instrumentRoutes } from "./instrument-routes.ts";
import { jobRoutes } from "./job-routes.ts";
import { describeApi } from "./openapi.ts";
import { priceRoutes } from "./price-routes.ts";
import { revisionRoutes } from "./revision-routes.ts";
import { type Route, route } from "./route.ts";
import { taskRoutes } from "./task-routes.ts";
import { verificationRoutes } from "./verification-routes.ts";

export const routes: readonly Route[] = [
  ...jobRoutes,
  ...taskRoutes,
  ...failureRoutes,
  ...instrumentRoutes,
  ...priceRoutes,
  ...financeRoutes,
  ...datasetRoutes,
  ...coverageRoutes,
  ...revisionRoutes,
  ...verificationRoutes,
  route({
    method: "GET",
    at: "/openapi.json",
    id: "readDescription",
    tag: "Coverage",
    summary: "This description",
    answers: { 200: { about: "OpenAPI 3.1", schema: z.record(z.string(), z.unknown()) } },
    handle: () => Promise.resolve({ status: 200, body: describeApi(routes) }),
  }),
];
