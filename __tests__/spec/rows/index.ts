import { BALANCER_ROWS } from "./balancer";
import { CI_ROWS } from "./ci";
import { CONTAINER_ROWS } from "./containers";
import { DATA_ROWS } from "./data";
import { ENVIRONMENT_ROWS } from "./environments";
import { FARGATE_ROWS } from "./fargate";
import { HOST_ROWS } from "./host";
import { INGRESS_ROWS } from "./ingress";
import { JOB_AND_SECRET_ROWS } from "./jobs-and-secrets";
import { MANAGED_DATA_ROWS } from "./managed-data";
import { NETWORK_ROWS } from "./network";
import type { Row } from "./row";
import { SERVICE_DATABASE_ROWS } from "./service-database";
import { SERVICE_PART_ROWS } from "./service-parts";
import { SERVICE_ROWS } from "./services";
import { TOP_ROWS } from "./top";

/** Every bad specification. */
export const ROWS: readonly Row[] = [
  ...TOP_ROWS,
  ...SERVICE_ROWS,
  ...SERVICE_PART_ROWS,
  ...CONTAINER_ROWS,
  ...INGRESS_ROWS,
  ...JOB_AND_SECRET_ROWS,
  ...DATA_ROWS,
  ...SERVICE_DATABASE_ROWS,
  ...NETWORK_ROWS,
  ...HOST_ROWS,
  ...BALANCER_ROWS,
  ...FARGATE_ROWS,
  ...MANAGED_DATA_ROWS,
  ...ENVIRONMENT_ROWS,
  ...CI_ROWS,
];
