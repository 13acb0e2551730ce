//! Properties some of whose changes replace the physical resource: when they do, and where AWS says so.

/// When a change of a property replaces the physical resource.
#[derive(Debug, PartialEq)]
pub struct Condition {
    /// `AWS::RDS::DBInstance`.
    pub resource_type: &'static str,
    /// The property's path.
    pub property: &'static str,
    /// A sentence.
    pub when: &'static str,
    /// AWS's page that says it.
    pub link: &'static str,
}

/// The conditions of a type.
pub fn of(resource_type: &str) -> impl Iterator<Item = &'static Condition> {
    CONDITIONS.iter().filter(move |condition| condition.resource_type == resource_type)
}

static CONDITIONS: &[Condition] = &[];
