//! Create-only properties that the schemas do not list, with AWS's page that says so.

/// The create-only properties of a type that its schema lacks.
pub fn of(resource_type: &str) -> impl Iterator<Item = &'static str> {
    MISSING.iter().filter(move |(of, ..)| *of == resource_type).map(|(_, property, _)| *property)
}

/// Type, property, page.
static MISSING: &[(&str, &str, &str)] = &[(
    "AWS::EC2::Volume",
    "AvailabilityZone",
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-volume.html",
)];
