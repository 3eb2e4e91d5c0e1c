import { TierStack } from "./tier-stack";

/** The growth tier: ECS Fargate behind a load balancer, with RDS and ElastiCache. */
export class GrowthStack extends TierStack {}
