//! CloudFormation as a language: values and intrinsics, resources, templates, and typed models of AWS's resource types.

pub mod dashboard;
pub mod facts;
pub mod node;
pub mod policy;
pub mod resource;
pub mod val;

pub use node::{Map, Node};
pub use resource::{Id, Policy, Resource, ResourceType};
pub use val::{Dict, Literal, Val};
