"""VPC, subnets, routes, endpoints, security groups."""

from __future__ import annotations

from typing import Any, Iterator

from .args import Args
from .registry import CfnResource, cfn, tidy, translates


@translates("aws_vpc")
def vpc(a: Args) -> CfnResource:
    return cfn(
        "AWS::EC2::VPC",
        CidrBlock=a.get("cidr_block"),
        EnableDnsHostnames=a.get("enable_dns_hostnames"),
        EnableDnsSupport=a.get("enable_dns_support"),
        InstanceTenancy=a.get("instance_tenancy"),
    )


@translates("aws_subnet")
def subnet(a: Args) -> CfnResource:
    return cfn(
        "AWS::EC2::Subnet",
        VpcId=a.get("vpc_id"),
        CidrBlock=a.get("cidr_block"),
        AvailabilityZone=a.get("availability_zone"),
        MapPublicIpOnLaunch=a.get("map_public_ip_on_launch"),
    )


@translates("aws_internet_gateway")
def internet_gateway(a: Args) -> list[CfnResource]:
    gateway = {"Fn::ImportValue": "ref-internet-gateway"}
    return [
        cfn("AWS::EC2::InternetGateway"),
        cfn("AWS::EC2::VPCGatewayAttachment", VpcId=a.get("vpc_id"), InternetGatewayId=gateway),
    ]


def _route(table: Any, a: Args, destination: str, destination_v6: str) -> CfnResource:
    return cfn(
        "AWS::EC2::Route",
        RouteTableId=table,
        DestinationCidrBlock=a.get(destination),
        DestinationIpv6CidrBlock=a.get(destination_v6),
        GatewayId=a.get("gateway_id"),
        NatGatewayId=a.get("nat_gateway_id"),
        NetworkInterfaceId=a.get("network_interface_id"),
        VpcPeeringConnectionId=a.get("vpc_peering_connection_id"),
    )


@translates("aws_route_table")
def route_table(a: Args) -> Iterator[CfnResource]:
    yield cfn("AWS::EC2::RouteTable", VpcId=a.get("vpc_id"))
    for route in a.blocks("route"):
        yield _route({"Fn::ImportValue": "ref-own-table"}, route, "cidr_block", "ipv6_cidr_block")


@translates("aws_route")
def single_route(a: Args) -> CfnResource:
    return _route(a.get("route_table_id"), a, "destination_cidr_block", "destination_ipv6_cidr_block")


@translates("aws_route_table_association")
def route_table_association(a: Args) -> CfnResource:
    return cfn(
        "AWS::EC2::SubnetRouteTableAssociation",
        RouteTableId=a.get("route_table_id"),
        SubnetId=a.get("subnet_id"),
    )


@translates("aws_vpc_endpoint")
def vpc_endpoint(a: Args) -> CfnResource:
    return cfn(
        "AWS::EC2::VPCEndpoint",
        VpcId=a.get("vpc_id"),
        ServiceName=a.get("service_name"),
        VpcEndpointType=a.get("vpc_endpoint_type"),
        RouteTableIds=a.get("route_table_ids"),
        SubnetIds=a.get("subnet_ids"),
        SecurityGroupIds=a.get("security_group_ids"),
        PrivateDnsEnabled=a.get("private_dns_enabled"),
        PolicyDocument=a.policy("policy"),
    )


@translates("aws_vpc_peering_connection")
def peering(a: Args) -> CfnResource:
    return cfn(
        "AWS::EC2::VPCPeeringConnection",
        VpcId=a.get("vpc_id"),
        PeerVpcId=a.get("peer_vpc_id"),
        PeerOwnerId=a.get("peer_owner_id"),
        PeerRegion=a.get("peer_region"),
    )


@translates("aws_flow_log")
def flow_log(a: Args) -> CfnResource:
    return cfn(
        "AWS::EC2::FlowLog",
        ResourceId=a.get("vpc_id", a.get("subnet_id")),
        ResourceType="VPC" if "vpc_id" in a else "Subnet",
        TrafficType=a.get("traffic_type"),
        LogDestination=a.get("log_destination"),
        LogDestinationType=a.get("log_destination_type"),
        LogFormat=a.get("log_format"),
        MaxAggregationInterval=a.get("max_aggregation_interval"),
        DeliverLogsPermissionArn=a.get("iam_role_arn"),
    )


def _inline_rules(rules: list[Args]) -> list[dict[str, Any]] | None:
    made = []
    for rule in rules:
        common = {
            "IpProtocol": rule.text("protocol"),
            "FromPort": rule.get("from_port"),
            "ToPort": rule.get("to_port"),
            "Description": rule.get("description"),
        }
        sources = [("CidrIp", rule.get("cidr_blocks")), ("CidrIpv6", rule.get("ipv6_cidr_blocks"))]
        for key, ranges in sources:
            for cidr in ranges if isinstance(ranges, list) else [ranges] if ranges else []:
                made.append(tidy(**common, **{key: cidr}))
    return made or None


@translates("aws_security_group")
def security_group(a: Args) -> CfnResource:
    return cfn(
        "AWS::EC2::SecurityGroup",
        GroupName=a.get("name"),
        GroupDescription=a.get("description", "Managed by Terraform"),
        VpcId=a.get("vpc_id"),
        SecurityGroupIngress=_inline_rules(a.blocks("ingress")),
        SecurityGroupEgress=_inline_rules(a.blocks("egress")),
    )


def _rule(a: Args, type_: str, prefix_list: str, group: str) -> CfnResource:
    properties = {prefix_list: a.get("prefix_list_id"), group: a.get("referenced_security_group_id")}
    return cfn(
        type_,
        GroupId=a.get("security_group_id"),
        IpProtocol=a.text("ip_protocol"),
        FromPort=a.get("from_port"),
        ToPort=a.get("to_port"),
        CidrIp=a.get("cidr_ipv4"),
        CidrIpv6=a.get("cidr_ipv6"),
        Description=a.get("description"),
        **properties,
    )


@translates("aws_vpc_security_group_ingress_rule")
def ingress_rule(a: Args) -> CfnResource:
    return _rule(a, "AWS::EC2::SecurityGroupIngress", "SourcePrefixListId", "SourceSecurityGroupId")


@translates("aws_vpc_security_group_egress_rule")
def egress_rule(a: Args) -> CfnResource:
    return _rule(a, "AWS::EC2::SecurityGroupEgress", "DestinationPrefixListId", "DestinationSecurityGroupId")


@translates("aws_eip")
def eip(a: Args) -> CfnResource:
    return cfn("AWS::EC2::EIP", Domain=a.get("domain"), InstanceId=a.get("instance"))


@translates("aws_eip_association")
def eip_association(a: Args) -> CfnResource:
    return cfn(
        "AWS::EC2::EIPAssociation",
        AllocationId=a.get("allocation_id"),
        InstanceId=a.get("instance_id"),
        NetworkInterfaceId=a.get("network_interface_id"),
    )
