//! What AWS's resource provider schemas say of each type: shapes of properties, what forces replacement, what can be read.

/// The facts of one resource type.
#[derive(Debug)]
pub struct Facts {
    /// `AWS::SQS::Queue`.
    pub resource_type: &'static str,
}
