//! The one integration binary: a file per feature, through the public surface.

mod settings;
