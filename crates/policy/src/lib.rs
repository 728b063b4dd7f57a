//! The IAM policy language: parse, canonical form, equality of meaning, difference.
