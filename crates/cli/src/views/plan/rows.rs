//! Rows of two columns below a heading.

use crate::text::{columns, padded};

/// How far the lines below a resource's first are indented.
pub(super) const INDENT: usize = 6;

/// The widest column of attribute names; a longer name moves its own value only.
const WIDEST: usize = 44;

/// What has to be said of a value: a trail whose selector names no bucket records them all.
fn remark(text: &str) -> &'static str {
    let is_all_of_s3 = |item: &str| {
        let value = item.trim_matches(['[', ']', '+', ' ', '"']);
        value.starts_with("arn:") && value.ends_with(":s3") && value.matches(':').count() == 2
    };
    match text.split(", ").any(is_all_of_s3) {
        true => "  # records every object access in every bucket; charged",
        false => "",
    }
}

/// Rows with their second column aligned, indented.
pub(super) fn table(rows: Vec<(String, String)>) -> String {
    let widest =
        rows.iter().map(|(name, _)| columns(name)).filter(|width| *width <= WIDEST).max().unwrap_or(0);
    rows.iter()
        .map(|(name, text)| format!("{:INDENT$}{}  {text}{}\n", "", padded(name, widest), remark(text)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::remark;

    #[test]
    fn what_records_everything_says_so() {
        for text in ["[\"arn:aws:s3\"]", "- \"arn:aws:s3:::x/\", + \"arn:aws-cn:s3\""] {
            assert!(remark(text).contains("every bucket; charged"), "{text}");
        }
        for text in ["[\"arn:aws:s3:::x/\"]", "- \"arn:aws:s3\", + \"arn:aws:s3:::x/\"", "\"s3\"", ""] {
            assert_eq!(remark(text), "", "{text}");
        }
    }
}
