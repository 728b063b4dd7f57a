//! Which of several names somebody meant who typed another one.

/// The longest text that can be a misspelt name; comparing takes time in its length.
const LONGEST_TYPO: usize = 64;

/// The shortest part of a name by which the whole is recognised.
const SHORTEST_PART: usize = 4;

/// The candidate that was probably meant. Case, hyphens for underscores, and those in front make no
/// difference.
pub fn similar<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if typed.len() > LONGEST_TYPO {
        return None;
    }
    let typed = folded(typed.trim().trim_start_matches('-'));
    candidates
        .into_iter()
        .map(|candidate| (distance(&typed, &folded(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= 1.max(candidate.len() / 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters were mistyped; a part of the name counts as one.
fn distance(typed: &str, candidate: &str) -> usize {
    if typed != candidate && typed.len() >= SHORTEST_PART && candidate.contains(typed) {
        return 1;
    }
    strsim::damerau_levenshtein(typed, candidate)
}

fn folded(text: &str) -> String {
    text.to_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::similar;

    #[test]
    fn finds_what_was_meant_and_nothing_far_off() {
        let names = ["plan", "apply", "force-unlock", "aws_iam_role.eks_service", "kms_key_arn"];
        for (typed, meant) in [
            ("plna", Some("plan")),
            ("aply", Some("apply")),
            ("forceunlock", Some("force-unlock")),
            ("force_unlock", Some("force-unlock")),
            ("unlock", Some("force-unlock")),
            ("aws_iam_role.eks_servce", Some("aws_iam_role.eks_service")),
            ("KMS_KEY_ARN", Some("kms_key_arn")),
            ("key_arn", Some("kms_key_arn")),
            ("x", None),
            ("lan", Some("plan")),
            ("--plan", Some("plan")),
            ("zzzzzz", None),
            ("", None),
        ] {
            assert_eq!(similar(typed, names), meant, "{typed}");
        }
        assert_eq!(similar(&"p".repeat(65), names), None);
    }
}
