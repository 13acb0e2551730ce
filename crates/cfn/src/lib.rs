//! CloudFormation as a language: values and intrinsics, resources, templates, and typed models of AWS's resource types.

pub mod dashboard;
pub mod facts;
pub mod json;
pub mod node;
pub mod policy;
pub mod resource;
pub mod states;
pub mod syntax;
pub mod template;
pub mod val;
pub mod yaml;

pub use node::{Map, Node};
pub use resource::{Id, Policy, Resource, ResourceType};
pub use template::{Output, Parameter, Template};
pub use val::{Dict, Literal, Val};
