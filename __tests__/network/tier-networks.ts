/** Networks of the growth tier as the tests of its parts synthesize them. */
import { TerraformOutput, Token } from "cdktf";
import { PhysicalNames } from "../../modules/naming/physical-names";
import type { EgressMode } from "../../modules/network/egress/egress";
import { planSubnets } from "../../modules/network/subnet-plan";
import { TierNetwork, type TierNetworkProps } from "../../modules/network/tier-network";
import { synth, TEST_REGION } from "../helpers/synth";

const NETWORK = "10.1.0.0/16";

/** What a network needs to be told. */
export function networkProps(egress: EgressMode, letters: string): TierNetworkProps {
  return {
    names: new PhysicalNames({ app: "shop", tier: "growth" }),
    region: TEST_REGION,
    cidr: NETWORK,
    zones: letters.split("").map((letter) => `${TEST_REGION}${letter}`),
    plan: planSubnets(NETWORK, letters.length),
    egress,
  };
}

/** Terraform JSON of a network in zones a and b, with outputs `exposed` and `internet`. */
export function synthNetwork(egress: EgressMode, props: Partial<TierNetworkProps> = {}): string {
  return synth((stack) => {
    const network = new TierNetwork(stack, "network", { ...networkProps(egress, "ab"), ...props });
    const { vpcId, cidr, publicSubnetIds, privateSubnetIds, databaseSubnetIds, taskSubnetIds } = network;
    const { assignPublicIp, routeTableIds, endpointsGroupId, s3PrefixListId } = network;
    const subnets = { publicSubnetIds, privateSubnetIds, databaseSubnetIds, taskSubnetIds };
    const others = { vpcId, cidr, assignPublicIp, routeTableIds, endpointsGroupId, s3PrefixListId };
    new TerraformOutput(stack, "exposed", { value: { ...subnets, ...others } });
    new TerraformOutput(stack, "internet", { value: network.internet.map(({ fqn }) => Token.asString(fqn)) });
  });
}
