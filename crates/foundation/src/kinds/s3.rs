//! S3: the log bucket, and each of its settings as a kind of its own.

pub mod bucket;
pub mod bucket_lifecycle_configuration;
pub mod bucket_logging;
pub mod bucket_object_lock_configuration;
pub mod bucket_ownership_controls;
pub mod bucket_policy;
pub mod bucket_public_access_block;
pub mod bucket_server_side_encryption_configuration;
pub mod bucket_versioning;
