//! What is exported.

use foundation::addresses::{deployment, key};
use foundation::settings::{DEPLOYMENT, Profile, has_label, is_label};
use foundation::{BucketName, Caller, Compare, Role, Settings, kinds};
use terraform::{Address, Attributes, State, Value};

/// What is exported: the settings, whose account it is, and what was generated once.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The settings.
    pub settings: &'a Settings,
    /// Account and partition.
    pub caller: &'a Caller,
    /// What is recorded of it; `None` before the first apply.
    pub state: Option<&'a State>,
}

impl Subject<'_> {
    /// The deployment's identity, once it is recorded.
    pub fn deployment_id(&self) -> Option<String> {
        self.recorded("id")
    }

    /// The end of the log bucket's name, once it is recorded or when the user chose it.
    pub fn bucket_suffix(&self) -> Option<String> {
        let chosen = self.settings.cloudtrail_bucket_suffix.as_ref().map(|suffix| suffix.as_str().to_owned());
        chosen.or_else(|| self.recorded("output"))
    }

    /// The log bucket that was taken over under another name than the settings give one.
    pub fn adopted_bucket(&self) -> Option<BucketName> {
        self.settings.for_state(self.state).adopted_bucket
    }

    /// Whether what exists is left without our tags.
    pub fn is_unmarked(&self) -> bool {
        let tags = self.record(&key()).and_then(|key| key.get("tags"));
        self.settings.profile == Profile::Document && tags.is_some_and(|tags| tags.get(DEPLOYMENT).is_none())
    }

    /// The label of what is left without our tags, where the settings have none.
    pub fn own_label(&self) -> Option<(String, String)> {
        let mut tags = self.record(&key())?.get("tags")?.as_object()?.iter();
        let (name, value) = tags.find(|(name, _)| is_label(name))?;
        value
            .as_str()
            .filter(|_| !has_label(&self.settings.tags))
            .map(|value| (name.clone(), value.to_owned()))
    }

    /// What is recorded of a resource.
    pub(super) fn record(&self, address: &Address) -> Option<&Attributes> {
        self.state?.instance(address).map(|instance| &instance.attributes)
    }

    /// What the document's profile leaves open of a resource, as it is recorded: policies and blocks, of which it asks
    /// for a part, and arguments that it does not mention.
    pub(super) fn left_open(&self, resource: &foundation::Resource) -> Vec<(String, Value)> {
        let schema = kinds::schema_of(resource.address.resource_type());
        let (Profile::Document, Some(schema), Some(record)) =
            (self.settings.profile, schema, self.record(&resource.address))
        else {
            return Vec::new();
        };
        let open = |attribute: &&foundation::Attribute| {
            let desired = resource.arguments.get(attribute.name);
            attribute.role == Role::Argument
                && match attribute.compare {
                    Compare::Policy(_) => true,
                    Compare::Exact => desired.is_none_or(Value::is_array),
                    Compare::Set | Compare::NothingBeyond => false,
                }
        };
        let recorded = schema.attributes.iter().filter(open).filter_map(|attribute| {
            let value = record.get(attribute.name)?;
            let says_nothing = value.is_null() || value.as_str().is_some_and(str::is_empty);
            (!says_nothing).then(|| (attribute.name.to_owned(), value.clone()))
        });
        recorded.collect()
    }

    /// A text attribute of the deployment's record, stored plain or as a value of any type.
    fn recorded(&self, name: &str) -> Option<String> {
        let record = self.record(&deployment())?.get(name)?;
        record.as_str().or_else(|| record.get("value")?.as_str()).map(str::to_owned)
    }
}
