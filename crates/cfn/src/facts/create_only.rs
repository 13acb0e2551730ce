//! Properties that cannot be changed in place though the schemas do not list them as create-only, with AWS's page that says so.
//!
//! For some of them CloudFormation refuses the update instead of replacing the resource ("updates are not supported"): either way, what
//! is there cannot become what is asked for.

/// The create-only properties of a type that its schema lacks.
pub fn of(resource_type: &str) -> impl Iterator<Item = &'static str> {
    MISSING.iter().filter(move |(of, ..)| *of == resource_type).map(|(_, property, _)| *property)
}

const VOLUME: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-volume.html";

/// Type, property, page.
static MISSING: &[(&str, &str, &str)] = &[
    ("AWS::EC2::Volume", "AvailabilityZone", VOLUME),
    ("AWS::EC2::Volume", "Encrypted", VOLUME),
    ("AWS::EC2::Volume", "KmsKeyId", VOLUME),
    ("AWS::EC2::Volume", "OutpostArn", VOLUME),
    ("AWS::EC2::Volume", "SnapshotId", VOLUME),
];
