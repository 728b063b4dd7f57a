//! A request as policies see it.

use std::collections::BTreeMap;

use crate::principal::Principal;

/// Someone wants to do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who asks: an ARN ([`Principal::Aws`]) or a service; [`Principal::Everyone`] is someone who does not say.
    pub principal: Principal,
    /// `kms:Decrypt`.
    pub action: String,
    /// An ARN, or `*` for an action that has no resource.
    pub resource: String,
    /// The account that owns the resource.
    pub account: String,
    /// Whatever else is known; nothing is derived from the other fields.
    pub context: Context,
}

/// The values of condition keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    values: BTreeMap<String, Vec<String>>,
}

impl Context {
    /// Sets the values of a key, whose case of letters does not matter. No values is the same as no key.
    pub fn set<V: Into<String>>(&mut self, key: &str, values: impl IntoIterator<Item = V>) {
        self.values.insert(key.to_ascii_lowercase(), values.into_iter().map(Into::into).collect());
    }

    /// The values of a key; none if it is absent.
    pub fn values(&self, key: &str) -> &[String] {
        self.values.get(&key.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// What a policy variable stands for: the inside of `${…}`, with or without `, 'default'`.
    ///
    /// `None` if the key is absent and there is no default, or if it has several values.
    pub(crate) fn variable<'a>(&'a self, inside: &'a str) -> Option<&'a str> {
        let (key, default) = match inside.split_once(',') {
            Some((key, default)) => {
                (key, default.trim().strip_prefix('\'').and_then(|text| text.strip_suffix('\'')))
            }
            None => (inside, None),
        };
        match self.values(key.trim()) {
            [] => default,
            [only] => Some(only),
            _ => None,
        }
    }
}
