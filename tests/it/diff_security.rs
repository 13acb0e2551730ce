//! What two sets of templates disagree on in who is let in, and what keeps data safe: each exposure with its mirror, which has none.

use scalectl::check::File;
use scalectl::diff::{Exposure, Side, difference};

fn side(name: &str, text: &str) -> Side {
    Side::of_files(name, vec![File::read("app.yaml", text).unwrap()])
}

fn exposures(old: &str, new: &str) -> Vec<Exposure> {
    difference(&side("old", old), &side("new", new)).sets.remove(0).exposures
}

fn lines(old: &str, new: &str) -> Vec<String> {
    let word = |one: &Exposure| if one.sure { "" } else { "may: " };
    exposures(old, new).iter().map(|one| format!("{:?} {}: {}{}", one.kind, one.id, word(one), one.what)).collect()
}

/// What is found on the way there, that nothing is found on the way back, and that neither finds anything in itself.
fn there_and_not_back(old: &str, new: &str, wanted: &[&str]) {
    assert_eq!(lines(old, new), wanted, "from\n{old}\nto\n{new}");
    assert_eq!(lines(new, old), [""; 0], "from\n{new}\nto\n{old}");
    assert_eq!(lines(old, old), [""; 0]);
    assert_eq!(lines(new, new), [""; 0]);
}

/// A template of one resource of this type with these properties, one a line.
fn one(kind: &str, properties: &str) -> String {
    let lines: Vec<String> = properties.lines().map(|line| format!("      {line}\n")).collect();
    format!("Resources:\n  Thing:\n    Type: {kind}\n    Properties:\n{}", lines.concat())
}

fn group(rules: &str) -> String {
    one("AWS::EC2::SecurityGroup", &format!("GroupDescription: g\nSecurityGroupIngress:\n{rules}"))
}

const OFFICE: &str = "  - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}";
const WORLD: &str = "  - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}";
const WORLD_80: &str = "  - {IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}";

#[test]
fn a_port_that_opens_to_the_internet_is_told_in_words() {
    there_and_not_back(&group(OFFICE), &group(WORLD), &["Port Thing: port 443 open to the internet"]);
    let two = group(&format!("{WORLD}\n{WORLD_80}"));
    there_and_not_back(&group(OFFICE), &two, &["Port Thing: ports 80 and 443 open to the internet"]);
    let six = group(&format!("{WORLD}\n  - {{IpProtocol: '6', FromPort: '443', ToPort: 443, CidrIpv6: '::/0'}}"));
    there_and_not_back(&group(WORLD), &six, &["Port Thing: port 443 open to the internet over IPv6"]);
}

#[test]
fn a_wider_block_and_more_ports_are_told() {
    let wide = group(&OFFICE.replace("/16", "/8"));
    there_and_not_back(&group(OFFICE), &wide, &["Port Thing: port 443 open to 10.0.0.0/8, not only to 10.0.0.0/16"]);
    let ports = |last: u32| group(&format!("  - {{IpProtocol: tcp, FromPort: 80, ToPort: {last}, CidrIp: 0.0.0.0/0}}"));
    there_and_not_back(&ports(80), &ports(90), &["Port Thing: ports 80 to 90 open to the internet"]);
    let all = group("  - {IpProtocol: -1, CidrIp: 0.0.0.0/0}");
    there_and_not_back(&ports(80), &all, &["Port Thing: every port open to the internet"]);
}

#[test]
fn where_a_rule_stands_and_in_which_order_makes_no_difference() {
    let own = format!(
        "{}  Rule:\n    Type: AWS::EC2::SecurityGroupIngress\n    Properties: {{GroupId: !GetAtt Thing.GroupId, IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}}\n",
        one("AWS::EC2::SecurityGroup", "GroupDescription: g")
    );
    there_and_not_back(&group(WORLD), &own, &[]);
    there_and_not_back(&group(&format!("{WORLD}\n{WORLD_80}")), &group(&format!("{WORLD_80}\n{WORLD}")), &[]);
    let halves = group(
        "  - {IpProtocol: tcp, FromPort: 1, ToPort: 50, CidrIp: 0.0.0.0/0}\n  - {IpProtocol: tcp, FromPort: 51, ToPort: 99, CidrIp: 0.0.0.0/0}",
    );
    let whole = group("  - {IpProtocol: tcp, FromPort: 1, ToPort: 99, CidrIp: 0.0.0.0/0}");
    there_and_not_back(&halves, &whole, &[]);
}

#[test]
fn a_block_that_only_the_deployment_knows_may_be_any() {
    let open = format!("Parameters:\n  Who: {{Type: String}}\n{}", group(&OFFICE.replace("10.0.0.0/16", "!Ref Who")));
    assert_eq!(lines(&group(OFFICE), &open), ["Port Thing: may: port 443 open to addresses that only the deployment knows"]);
    assert_eq!(lines(&open, &open), [""; 0]);
}

#[test]
fn what_goes_out_is_told_of_a_group_that_held_it_in() {
    let out = |block: &str| {
        one(
            "AWS::EC2::SecurityGroup",
            &format!("GroupDescription: g\nSecurityGroupEgress:\n  - {{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: {block}}}"),
        )
    };
    there_and_not_back(&out("10.0.0.0/16"), &out("0.0.0.0/0"), &["Port Thing: port 443 free to send to the internet"]);
    there_and_not_back(
        &out("10.0.0.0/16"),
        &one("AWS::EC2::SecurityGroup", "GroupDescription: g"),
        &["Port Thing: every port free to send to the internet"],
    );
}

#[test]
fn a_network_acl_that_lets_everybody_in_is_told() {
    let acl = |block: &str| {
        format!(
            "{}  Entry:\n    Type: AWS::EC2::NetworkAclEntry\n    Properties: {{NetworkAclId: !Ref Thing, RuleNumber: 100, Protocol: 6, RuleAction: allow, CidrBlock: {block}, PortRange: {{From: 22, To: 22}}}}\n",
            one("AWS::EC2::NetworkAcl", "VpcId: vpc-1")
        )
    };
    there_and_not_back(&acl("10.0.0.0/8"), &acl("0.0.0.0/0"), &["Port Thing: port 22 open to the internet in the network ACL"]);
}

#[test]
fn a_rule_behind_a_condition_may_be_made() {
    let conditional = |with: &str| {
        format!(
            "Parameters:\n  On: {{Type: String, Default: 'no'}}\nConditions:\n  Open: !Equals [!Ref On, 'yes']\n{}  Rule:\n    Type: AWS::EC2::SecurityGroupIngress\n{with}    Properties: {{GroupId: !GetAtt Thing.GroupId, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}}\n",
            one("AWS::EC2::SecurityGroup", "GroupDescription: g")
        )
    };
    let (off, on) = (conditional("    Condition: Open\n"), conditional(""));
    there_and_not_back(&off, &on, &["Port Thing: port 22 open to the internet"]);
    let none = one("AWS::EC2::SecurityGroup", "GroupDescription: g");
    there_and_not_back(&none, &off, &["Port Thing: may: port 22 open to the internet"]);
}

#[test]
fn each_way_of_becoming_public_is_told() {
    let blocks = |on: bool| {
        format!(
            "PublicAccessBlockConfiguration: {{BlockPublicAcls: {on}, BlockPublicPolicy: {on}, IgnorePublicAcls: {on}, RestrictPublicBuckets: true}}"
        )
    };
    let cases: &[(&str, &str, &str, &str)] = &[
        ("AWS::RDS::DBInstance", "PubliclyAccessible: false", "PubliclyAccessible: true", "has a public address"),
        ("AWS::Redshift::Cluster", "PubliclyAccessible: false", "PubliclyAccessible: 'true'", "has a public address"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Scheme: internal", "Name: x", "faces the internet"),
        ("AWS::EC2::Subnet", "CidrBlock: 10.0.0.0/24", "MapPublicIpOnLaunch: true", "gives what starts in it a public address"),
        ("AWS::Lambda::Url", "AuthType: AWS_IAM", "AuthType: NONE", "its address answers without asking who calls"),
        ("AWS::ApiGatewayV2::Route", "AuthorizationType: JWT", "RouteKey: GET /", "answers without asking who calls"),
        ("AWS::S3::Bucket", &blocks(true), &blocks(false), "BlockPublicAcls, BlockPublicPolicy and IgnorePublicAcls is off"),
        ("AWS::S3::Bucket", &blocks(true), "BucketName: b", "its block on public access is taken away"),
        (
            "AWS::EKS::Cluster",
            "ResourcesVpcConfig: {EndpointPublicAccess: false}",
            "ResourcesVpcConfig: {EndpointPublicAccess: true}",
            "its API server answers the internet",
        ),
        (
            "AWS::OpenSearchService::Domain",
            "VPCOptions: {SubnetIds: [subnet-1]}",
            "DomainName: d",
            "stands outside of the VPC and answers the internet",
        ),
    ];
    for (kind, closed, open, what) in cases {
        there_and_not_back(&one(kind, closed), &one(kind, open), &[&format!("Public Thing: {what}")]);
    }
    let unknown = format!("Parameters:\n  Open: {{Type: String}}\n{}", one("AWS::RDS::DBInstance", "PubliclyAccessible: !Ref Open"));
    let known = one("AWS::RDS::DBInstance", "PubliclyAccessible: false");
    assert_eq!(lines(&known, &unknown), ["Public Thing: may: has a public address"]);
    assert_eq!(
        lines(&one("AWS::SQS::Queue", "QueueName: q"), &one("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name: x")),
        ["Public Thing: faces the internet"]
    );
}

fn queue(statement: &str) -> String {
    format!(
        "{}  Policy:\n    Type: AWS::SQS::QueuePolicy\n    Properties:\n      Queues: [!Ref Thing]\n      PolicyDocument:\n        Statement:\n{statement}",
        one("AWS::SQS::Queue", "QueueName: q")
    )
}

fn statement(effect: &str, principal: &str, action: &str, rest: &str) -> String {
    format!("          - {{Effect: {effect}, Principal: {principal}, Action: {action}, Resource: !GetAtt Thing.Arn{rest}}}\n")
}

#[test]
fn a_policy_for_everybody_is_public_and_one_for_somebody_new_is_wider() {
    let own = queue(&statement("Allow", "{Service: events.amazonaws.com}", "sqs:SendMessage", ""));
    let everybody = queue(&statement("Allow", "'*'", "sqs:SendMessage", ""));
    assert_eq!(lines(&own, &everybody), ["Public Thing: everybody may now sqs:SendMessage"]);
    let also = queue(
        &(statement("Allow", "{Service: events.amazonaws.com}", "[sqs:SendMessage]", "")
            + &statement("Allow", "{AWS: ['111122223333']}", "sqs:ReceiveMessage", "")),
    );
    there_and_not_back(&own, &also, &["Policy Thing: 111122223333 may now sqs:ReceiveMessage"]);
    let asked =
        queue(&statement("Allow", "{AWS: '*'}", "sqs:SendMessage", ", Condition: {StringEquals: {aws:SourceAccount: '111122223333'}}"));
    there_and_not_back(&asked, &everybody, &["Public Thing: everybody may now sqs:SendMessage, with less asked of aws:sourceaccount"]);
    let tls = queue(&statement("Allow", "{AWS: '*'}", "sqs:SendMessage", ", Condition: {Bool: {aws:SecureTransport: true}}"));
    there_and_not_back(&asked, &tls, &["Public Thing: everybody may now sqs:SendMessage, with less asked of aws:sourceaccount"]);
}

#[test]
fn a_statement_that_denied_and_is_gone_is_told() {
    let allow = statement("Allow", "{Service: events.amazonaws.com}", "sqs:SendMessage", "");
    let deny = |action: &str| statement("Deny", "'*'", action, ", Condition: {Bool: {aws:SecureTransport: false}}");
    let (with, without) = (queue(&(allow.clone() + &deny("sqs:*"))), queue(&allow));
    there_and_not_back(&with, &without, &["Policy Thing: no longer denies sqs:* by aws:securetransport"]);
    let narrow = queue(&(deny("sqs:SendMessage") + &allow));
    there_and_not_back(&with, &narrow, &["Policy Thing: no longer denies sqs:* by aws:securetransport"]);
}

fn role(properties: &str) -> String {
    let trust =
        "AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}]}\n";
    format!("{}  Jobs:\n    Type: AWS::SQS::Queue\n", one("AWS::IAM::Role", &format!("{trust}{properties}")))
}

fn inline(statements: &str) -> String {
    role(&format!("Policies:\n  - PolicyName: p\n    PolicyDocument:\n      Statement: [{statements}]"))
}

#[test]
fn a_role_that_may_do_more_is_told_with_what_and_on_what() {
    let none = role("Path: /");
    let send = inline("{Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt Jobs.Arn}");
    there_and_not_back(&none, &send, &["Policy Thing: may now sqs:SendMessage on Jobs"]);
    let all = inline("{Effect: Allow, Action: ['SQS:*'], Resource: !GetAtt Jobs.Arn}");
    there_and_not_back(&send, &all, &["Policy Thing: may now SQS:* on Jobs"]);
    let four = inline("{Effect: Allow, Action: [a:A, a:B, a:C, a:D], Resource: 'arn:aws:s3:::bucket/*'}");
    there_and_not_back(&none, &four, &["Policy Thing: may now a:A, a:B, a:C and 1 more on bucket/*"]);
    let but = inline("{Effect: Allow, NotAction: iam:*, Resource: '*'}");
    there_and_not_back(&send, &but, &["Policy Thing: may now everything but iam:* on everything"]);
    let everything = inline("{Effect: Allow, Action: '*', Resource: '*'}");
    there_and_not_back(&but, &everything, &["Policy Thing: may now do everything on everything"]);
}

#[test]
fn a_policy_that_moves_out_of_its_role_allows_no_more() {
    let send = "{Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt Jobs.Arn}";
    let own = format!(
        "{}  Own:\n    Type: AWS::IAM::Policy\n    Properties: {{PolicyName: p, Roles: [!Ref Thing], PolicyDocument: {{Statement: {send}}}}}\n",
        role("Path: /")
    );
    there_and_not_back(&inline(send), &own, &[]);
    let managed = format!(
        "{}  Own:\n    Type: AWS::IAM::ManagedPolicy\n    Properties: {{PolicyDocument: {{Statement: {send}}}}}\n",
        role("ManagedPolicyArns: [!Ref Own]")
    );
    there_and_not_back(&inline(send), &managed, &[]);
}

#[test]
fn managed_policies_boundaries_and_who_may_take_a_role_are_told() {
    let plain = role("Path: /");
    let admin = role("ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess', 'arn:aws:iam::aws:policy/ReadOnlyAccess']");
    there_and_not_back(
        &plain,
        &admin,
        &["Policy Thing: AdministratorAccess: may now do everything on everything", "Policy Thing: holds ReadOnlyAccess now"],
    );
    let held = role("PermissionsBoundary: arn:aws:iam::aws:policy/ReadOnlyAccess");
    there_and_not_back(&held, &plain, &["Policy Thing: is no longer held in by a permissions boundary"]);
    let other = plain.replace(
        "{Service: ec2.amazonaws.com}",
        "{Service: [ec2.amazonaws.com, lambda.amazonaws.com], AWS: 'arn:aws:iam::999988887777:root'}",
    );
    there_and_not_back(&plain, &other, &["Policy Thing: account 999988887777 and lambda.amazonaws.com may now take this role"]);
}

#[test]
fn a_new_role_is_not_wider_unless_it_may_do_everything() {
    let nothing = one("AWS::SQS::Queue", "QueueName: q");
    assert_eq!(lines(&nothing, &inline("{Effect: Allow, Action: sqs:SendMessage, Resource: '*'}")), [""; 0]);
    assert_eq!(
        lines(&nothing, &inline("{Effect: Allow, Action: '*', Resource: '*'}")),
        ["Policy Thing: may now do everything on everything"]
    );
}

#[test]
fn each_protection_that_is_taken_away_is_told() {
    let life = |days: u32| format!("LifecycleConfiguration: {{Rules: [{{Status: Enabled, Prefix: a/, ExpirationInDays: {days}}}]}}");
    let cases: &[(&str, &str, &str, &str)] = &[
        ("AWS::RDS::DBInstance", "DeletionProtection: true", "DeletionProtection: false", "its deletion protection is off"),
        ("AWS::DynamoDB::Table", "DeletionProtectionEnabled: true", "TableName: t", "its deletion protection is off"),
        (
            "AWS::RDS::DBCluster",
            "BackupRetentionPeriod: 7",
            "BackupRetentionPeriod: '3'",
            "its backups are kept for fewer days (7 before, now 3)",
        ),
        (
            "AWS::ElastiCache::ReplicationGroup",
            "SnapshotRetentionLimit: 7",
            "Port: 1",
            "its snapshots are kept for fewer days (7 before, now 0)",
        ),
        (
            "AWS::DynamoDB::Table",
            "PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}",
            "PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: false}",
            "it can no longer be restored to a point in time",
        ),
        ("AWS::RDS::DBInstance", "StorageEncrypted: true", "StorageEncrypted: false", "its storage is not encrypted"),
        ("AWS::EC2::Volume", "Encrypted: true", "Size: 1", "it is not encrypted"),
        (
            "AWS::S3::Bucket",
            "VersioningConfiguration: {Status: Enabled}",
            "VersioningConfiguration: {Status: Suspended}",
            "what is overwritten or deleted in it is gone: no versions are kept",
        ),
        ("AWS::S3::Bucket", &life(30), &life(10), "objects in it are deleted after 10 days, not after 30"),
        ("AWS::S3::Bucket", "BucketName: b", &life(10), "objects in it are deleted after 10 days"),
        (
            "AWS::Logs::LogGroup",
            "LogGroupName: l",
            "RetentionInDays: 30",
            "its logs are kept for fewer days: AWS deletes the older ones (forever before, now 30)",
        ),
        ("AWS::KMS::Key", "EnableKeyRotation: true", "EnableKeyRotation: false", "its key material is no longer rotated"),
        (
            "AWS::ElasticLoadBalancingV2::Listener",
            "SslPolicy: ELBSecurityPolicy-TLS13-1-2-2021-06",
            "SslPolicy: ELBSecurityPolicy-2016-08",
            "it speaks an older TLS",
        ),
        (
            "AWS::CloudFront::Distribution",
            "DistributionConfig: {DefaultCacheBehavior: {ViewerProtocolPolicy: https-only}, WebACLId: w}",
            "DistributionConfig: {DefaultCacheBehavior: {ViewerProtocolPolicy: redirect-to-https}}",
            "no web ACL stands before it",
        ),
        (
            "AWS::CloudFront::Distribution",
            "DistributionConfig: {DefaultCacheBehavior: {ViewerProtocolPolicy: https-only}}",
            "DistributionConfig: {DefaultCacheBehavior: {ViewerProtocolPolicy: allow-all}}",
            "it answers without TLS",
        ),
        (
            "AWS::CloudFront::Distribution",
            "DistributionConfig: {ViewerCertificate: {MinimumProtocolVersion: TLSv1.2_2021}}",
            "DistributionConfig: {ViewerCertificate: {MinimumProtocolVersion: TLSv1.1_2016}}",
            "it speaks an older TLS",
        ),
    ];
    for (kind, safe, weak, what) in cases {
        there_and_not_back(&one(kind, safe), &one(kind, weak), &[&format!("Protection Thing: {what}")]);
    }
    let open = format!("Parameters:\n  P: {{Type: String}}\n{}", one("AWS::RDS::DBInstance", "DeletionProtection: !Ref P"));
    assert_eq!(
        lines(&one("AWS::RDS::DBInstance", "DeletionProtection: true"), &open),
        ["Protection Thing: may: its deletion protection is off"]
    );
}

#[test]
fn a_policy_that_keeps_less_is_told_of_what_holds_data() {
    let table = |policy: &str| format!("Resources:\n  Thing:\n    Type: AWS::DynamoDB::Table\n{policy}    Properties: {{TableName: t}}\n");
    there_and_not_back(
        &table("    DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain\n"),
        &table("    UpdateReplacePolicy: Retain\n"),
        &["Protection Thing: its DeletionPolicy keeps less of its data than it did"],
    );
    // Also of a type that nothing here builds.
    let files =
        |policy: &str| format!("Resources:\n  Thing:\n    Type: AWS::EFS::FileSystem\n{policy}    Properties: {{Encrypted: true}}\n");
    there_and_not_back(
        &files("    DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain\n"),
        &files("    UpdateReplacePolicy: Retain\n"),
        &["Protection Thing: its DeletionPolicy keeps less of its data than it did"],
    );
}

#[test]
fn what_watched_over_others_and_leaves_is_told_where_they_stay() {
    let with = |more: &str| format!("{}{more}", one("AWS::EC2::VPC", "CidrBlock: 10.0.0.0/16"));
    let log = "  Log:\n    Type: AWS::EC2::FlowLog\n    Properties: {ResourceId: !Ref Thing, ResourceType: VPC}\n";
    there_and_not_back(&with(log), &with(""), &["Protection Thing: its traffic is no longer logged"]);
    let renamed = log.replace("Log:", "Other:").replace("VPC}", "VPC, TrafficType: ALL}");
    there_and_not_back(&with(log), &with(&renamed), &[]);
    let selection = "  Chosen:\n    Type: AWS::Backup::BackupSelection\n    Properties: {BackupPlanId: p, BackupSelection: {Resources: [!Sub 'arn:aws:ec2:*:*:vpc/${Thing}']}}\n";
    there_and_not_back(&with(selection), &with(""), &["Protection Thing: no backup plan selects it any more"]);
}

#[test]
fn of_two_templates_of_five_hundred_resources_every_exposure_is_told() {
    let many = |world: bool| {
        let block = if world { "0.0.0.0/0" } else { "10.0.0.0/16" };
        let mut text = "Resources:\n".to_owned();
        for at in 0..125 {
            text += &format!(
                "  G{at}: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: g, SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: {at}, ToPort: {at}, CidrIp: {block}}}]}}}}\n"
            );
            text += &format!("  Q{at}: {{Type: AWS::SQS::Queue, Properties: {{QueueName: q{at}}}}}\n");
            text += &format!(
                "  B{at}: {{Type: AWS::S3::Bucket, Properties: {{BucketName: b{at}, VersioningConfiguration: {{Status: Enabled}}}}}}\n"
            );
            text += &format!(
                "  R{at}: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {{Statement: [{{Effect: Allow, Principal: {{Service: ec2.amazonaws.com}}, Action: sts:AssumeRole}}]}}, Policies: [{{PolicyName: p, PolicyDocument: {{Statement: [{{Effect: Allow, Action: [sqs:SendMessage, sqs:ReceiveMessage, '{}'], Resource: [!GetAtt Q{at}.Arn, !Sub 'arn:aws:s3:::${{B{at}}}/*']}}]}}}}]}}}}\n",
                if world { "s3:*" } else { "s3:GetObject" }
            );
        }
        side("many", &text)
    };
    let (old, new) = (many(false), many(true));
    let found = difference(&old, &new);
    assert_eq!(found.sets[0].exposures.len(), 250);
}

#[test]
fn our_own_templates_with_everything_in_another_order_expose_nothing() {
    for (phase, files) in road_of_templates() {
        let mut turned = read(&files);
        for file in &mut turned {
            file.template.resources.reverse();
            for resource in file.template.resources.values_mut() {
                resource.properties.reverse();
                resource.properties.values_mut().for_each(turn);
            }
            file.name = format!("elsewhere/{}", file.name);
        }
        turned.reverse();
        let found = difference(&Side::of_files("one", read(&files)), &Side::of_files("other", turned));
        assert!(found.sets.iter().all(|set| set.exposures.is_empty()), "{phase}: {:?}", found.sets[0].exposures);
    }
}

/// Turns around what is a set: statements of policies, actions, rules of security groups.
fn turn(node: &mut cfn::Node) {
    if let cfn::Node::Map(map) = node {
        for (key, value) in map.iter_mut() {
            let set =
                matches!(key.as_str(), "Statement" | "Action" | "Resource" | "Service" | "SecurityGroupIngress" | "ManagedPolicyArns");
            if let (cfn::Node::List(items), true) = (&mut *value, set) {
                items.reverse();
            }
            turn(value);
        }
        map.reverse();
    } else if let cfn::Node::List(items) = node {
        items.iter_mut().for_each(turn);
    }
}

#[test]
fn growing_from_phase_to_phase_opens_what_it_must_and_no_more() {
    let mut told = String::new();
    for pair in road_of_templates().windows(2) {
        let [(old_name, old), (new_name, new)] = pair else { continue };
        let found = difference(&Side::of_files(old_name, read(old)), &Side::of_files(new_name, read(new)));
        told += &format!("{old_name} to {new_name}\n");
        for one in &found.sets[0].exposures {
            let may = if one.sure { "" } else { "may: " };
            told += &format!("  {:?} {}/{}: {may}{}\n", one.kind, one.stack, one.id, one.what);
        }
    }
    insta::assert_snapshot!(told);
}

fn read(files: &[(String, String)]) -> Vec<File> {
    files.iter().map(|(name, text)| File::read(name, text).unwrap()).collect()
}

type Files = Vec<(String, String)>;

/// The templates of each phase, in the order of the road, after nothing at all.
fn road_of_templates() -> Vec<(String, Files)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut road = vec![("nothing".to_owned(), Vec::new())];
    for phase in ["prelaunch", "launch", "10", "1k", "10k", "500k", "10m"] {
        let paths = std::fs::read_dir(folder.join(phase)).unwrap().map(|entry| entry.unwrap().path());
        let yaml = paths.filter(|path| path.extension().is_some_and(|ending| ending == "yaml"));
        let mut files: Files =
            yaml.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap())).collect();
        files.sort();
        road.push((phase.to_owned(), files));
    }
    road
}
