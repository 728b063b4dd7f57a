//! The blueprint as a pattern: wherever it depends on name, account, region, partition or on another resource, it says so.
//!
//! The blueprint is drawn for stand-ins, texts that occur nowhere else, and the stand-ins are found again in it. So no
//! text of the user's is ever taken for a part of a name by accident.

use std::collections::BTreeMap;

use foundation::settings::{DEPLOYMENT, DeploymentName, Profile};
use foundation::{
    AccountId, Blueprint, BucketName, Caller, Compare, Region, Role, Settings, blueprint, kinds,
};
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
        let key = self.state.and_then(|state| state.instance(&Address::new("aws_kms_key", "main")));
        let tags = key.and_then(|key| key.attributes.get("tags"));
        self.settings.profile == Profile::Document && tags.is_some_and(|tags| tags.get(DEPLOYMENT).is_none())
    }

    /// What is recorded of a resource.
    fn record(&self, address: &Address) -> Option<&Attributes> {
        self.state?.instance(address).map(|instance| &instance.attributes)
    }

    /// What the document's profile leaves open of a resource, as it is recorded: policies and blocks, of which it asks
    /// for a part, and arguments that it does not mention.
    fn left_open(&self, resource: &foundation::Resource) -> Vec<(String, Value)> {
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
                    Compare::Policy => true,
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
        let record = self.state?.instance(&deployment())?.attributes.get(name)?;
        record.as_str().or_else(|| record.get("value")?.as_str()).map(str::to_owned)
    }
}

/// The address of the deployment's record.
pub fn deployment() -> Address {
    Address::new("terraform_data", "deployment")
}

/// The address of the log bucket.
pub fn bucket() -> Address {
    Address::new("aws_s3_bucket", "cloudtrail")
}

/// What stands for the log bucket's name outside of the bucket.
pub fn bucket_name_symbol() -> Symbol {
    Symbol::Attribute(bucket(), "id".to_owned())
}

/// The blueprint with symbols in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// All resources; every one stands after those it depends on.
    pub resources: Vec<Resource>,
    /// The outputs by name.
    pub outputs: BTreeMap<String, Node>,
    /// The trail's ARN, which policies name before there is a trail.
    pub trail_arn: Vec<Part>,
    /// The log bucket's name, for where the bucket cannot be referred to.
    pub bucket_name: Vec<Part>,
}

/// A resource with symbols in its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Where it is recorded.
    pub address: Address,
    /// Its arguments in the blueprint's order.
    pub arguments: Vec<(String, Node)>,
    /// What must exist first.
    pub depends_on: Vec<Address>,
}

/// A value with symbols in its texts.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Nothing.
    Null,
    /// A bool.
    Bool(bool),
    /// A number, as JSON writes it.
    Number(String),
    /// Text.
    Text(Vec<Part>),
    /// A list.
    List(Vec<Node>),
    /// An object or map, in order.
    Object(Vec<(String, Node)>),
    /// An IAM policy, which is JSON in a string.
    Policy(Box<Node>),
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// As it stands.
    Literal(String),
    /// What a symbol stands for.
    Symbol(Symbol),
}

/// What a text may depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// `{project}-{environment}`.
    Name,
    /// The account.
    AccountId,
    /// The partition.
    Partition,
    /// The region.
    Region,
    /// The end of the partition's service names.
    DnsSuffix,
    /// The account of the image registry.
    RegistryAccountId,
    /// The ARN of the trail.
    TrailArn,
    /// An attribute of a resource.
    Attribute(Address, String),
}

/// A text and what it stands for.
type StandIn = (String, Symbol);

/// Draws the pattern of a subject.
pub fn draw(subject: &Subject<'_>) -> Pattern {
    let stage = Stage::new(subject);
    let drawn = blueprint(&stage.settings, &stage.caller);
    let stand_ins = stage.stand_ins(&drawn);
    let resources: Vec<Resource> = drawn
        .resources
        .iter()
        .filter(|resource| !resource.optional || subject.record(&resource.address).is_some())
        .map(|resource| {
            let reader = Reader {
                stage: &stage,
                drawn: &drawn,
                stand_ins: &stand_ins,
                within: Some(&resource.address),
            };
            let mut arguments: Vec<(String, Node)> = resource
                .arguments
                .iter()
                .map(|(name, value)| (name.clone(), reader.argument(name, value)))
                .collect();
            for (name, value) in subject.left_open(resource) {
                arguments.retain(|(argument, _)| *argument != name);
                arguments.push((name.clone(), reader.argument(&name, &value)));
            }
            Resource { address: resource.address.clone(), arguments, depends_on: resource.depends_on.clone() }
        })
        .collect();
    let reader = Reader { stage: &stage, drawn: &drawn, stand_ins: &stand_ins, within: None };
    let outputs =
        drawn.outputs.iter().map(|(name, output)| (name.clone(), reader.node(&output.value))).collect();
    let without_trail: Vec<StandIn> =
        stand_ins.iter().filter(|(_, symbol)| *symbol != Symbol::TrailArn).cloned().collect();
    let reader = Reader { stage: &stage, drawn: &drawn, stand_ins: &without_trail, within: None };
    let trail_arn = reader.text(&stage.trail_arn());
    let named = |resource: &&Resource| resource.address == bucket();
    let bucket_name =
        match resources.iter().find(named).and_then(|bucket: &Resource| bucket.argument("bucket")) {
            Some(Node::Text(parts)) => parts.clone(),
            _ => Vec::new(),
        };
    Pattern { resources, outputs, trail_arn, bucket_name }
}

/// Settings and caller with stand-ins in them.
struct Stage {
    settings: Settings,
    caller: Caller,
    name: String,
    registry: Option<String>,
}

impl Stage {
    fn new(subject: &Subject<'_>) -> Self {
        let taken = format!("{:?}{:?}", subject.settings, subject.caller);
        let mut settings = subject.settings.clone();
        let mut caller = subject.caller.clone();
        let project = unused(&taken, |n| format!("zq{n}"));
        settings.cloudtrail_bucket_suffix = None;
        if let Ok(name) = DeploymentName::new(&project, "zq") {
            settings.name = name;
        }
        let letter = |n: u32| char::from(b'a' + u8::try_from(n % 26).unwrap_or_default());
        let prefix = caller.partition.region_prefix().unwrap_or("us-");
        let region = unused(&taken, |n| format!("{prefix}zq{}{}-1", letter(n), letter(n / 26)));
        if let Ok(region) = region.parse::<Region>() {
            settings.aws_region = region;
        }
        let account = unused(&taken, |n| format!("{:012}", 770_000_000_000_u64 + u64::from(n)));
        if let Ok(account) = account.parse::<AccountId>() {
            caller.account_id = account;
        }
        let registry = unused(&taken, |n| format!("{:012}", 880_000_000_000_u64 + u64::from(n)));
        let registry = settings.artos_ecr_aws_account.as_ref().map(|_| registry);
        if let Some(Ok(account)) = registry.as_ref().map(|account| account.parse::<AccountId>()) {
            settings.artos_ecr_aws_account = Some(account);
        }
        let name = settings.name.joined("");
        Self { settings, caller, name, registry }
    }

    /// Whether an ARN is the user's, who is quoted as is.
    fn is_given(&self, arn: &str) -> bool {
        let settings = &self.settings;
        settings
            .kms_key_administrators
            .iter()
            .chain(&settings.permissions_boundary_arn)
            .any(|given| given.to_string() == arn)
    }

    fn trail_arn(&self) -> String {
        format!(
            "arn:{}:cloudtrail:{}:{}:trail/{}-cloudtrail",
            self.caller.partition, self.settings.aws_region, self.caller.account_id, self.name
        )
    }

    /// All stand-ins, longest first.
    fn stand_ins(&self, drawn: &Blueprint) -> Vec<StandIn> {
        let of = |address: Address, attribute: &str| Symbol::Attribute(address, attribute.to_owned());
        let mut stand_ins = vec![
            (self.name.clone(), Symbol::Name),
            (self.caller.account_id.to_string(), Symbol::AccountId),
            (self.settings.aws_region.to_string(), Symbol::Region),
            (self.trail_arn(), Symbol::TrailArn),
        ];
        stand_ins.extend(self.registry.iter().map(|account| (account.clone(), Symbol::RegistryAccountId)));
        for resource in &drawn.resources {
            let text = |name: &str| resource.arguments.get(name).and_then(Value::as_str);
            if resource.address == bucket()
                && let Some(name) = text("bucket")
            {
                stand_ins.push((format!("arn:{}:s3:::{name}", self.caller.partition), of(bucket(), "arn")));
                stand_ins.push((name.to_owned(), of(bucket(), "id")));
            }
        }
        stand_ins.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        stand_ins
    }
}

/// The first text of a series that occurs nowhere in what is taken.
fn unused(taken: &str, series: impl Fn(u32) -> String) -> String {
    (0..).map(series).find(|text| !taken.contains(text.as_str())).unwrap_or_default()
}

/// Finds stand-ins in the values of one resource.
struct Reader<'a> {
    stage: &'a Stage,
    drawn: &'a Blueprint,
    stand_ins: &'a [StandIn],
    /// Whose values; it is not referred to from within.
    within: Option<&'a Address>,
}

impl Reader<'_> {
    /// An argument; policies are spread out, and a role is referred to where one is asked for.
    fn argument(&self, name: &str, value: &Value) -> Node {
        let is_policy = matches!(name, "policy" | "assume_role_policy");
        if let Some(text) = value.as_str() {
            if is_policy && let Ok(policy) = serde_json::from_str::<Value>(text) {
                return Node::Policy(Box::new(self.node(&policy)));
            }
            if name == "role"
                && let Some(role) = self.role(text)
            {
                return Node::Text(vec![Part::Symbol(Symbol::Attribute(role, "name".to_owned()))]);
            }
        }
        self.node(value)
    }

    /// The role of a name.
    fn role(&self, name: &str) -> Option<Address> {
        let named = |resource: &&foundation::Resource| {
            resource.address.resource_type() == "aws_iam_role"
                && resource.arguments.get("name").and_then(Value::as_str) == Some(name)
        };
        self.drawn.resources.iter().find(named).map(|role| role.address.clone())
    }

    fn node(&self, value: &Value) -> Node {
        match value {
            Value::Null => Node::Null,
            Value::Bool(value) => Node::Bool(*value),
            Value::Number(number) => Node::Number(number.to_string()),
            Value::String(text) => Node::Text(self.text(text)),
            Value::Array(items) => Node::List(items.iter().map(|item| self.node(item)).collect()),
            Value::Object(fields) => {
                Node::Object(fields.iter().map(|(name, field)| (name.clone(), self.node(field))).collect())
            }
        }
    }

    fn text(&self, text: &str) -> Vec<Part> {
        let partition = self.stage.caller.partition;
        let region = &self.stage.settings.aws_region;
        if text == format!("logs.{region}.{}", partition.dns_suffix()) {
            let literal = |text: &str| Part::Literal(text.to_owned());
            return vec![
                literal("logs."),
                Part::Symbol(Symbol::Region),
                literal("."),
                Part::Symbol(Symbol::DnsSuffix),
            ];
        }
        let mut parts = Parts::default();
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let found = self.symbol(rest).or_else(|| {
                let of_arn = rest.len() == text.len()
                    && rest.starts_with(&format!("arn:{partition}:"))
                    && !self.stage.is_given(text);
                of_arn.then_some((0, Symbol::Partition))
            });
            let consumed = match found {
                Some((0, symbol)) => {
                    parts.literal("arn:");
                    parts.0.push(Part::Symbol(symbol));
                    "arn:".len() + partition.name().len()
                }
                Some((length, symbol)) => {
                    parts.0.push(Part::Symbol(symbol));
                    length
                }
                None => {
                    parts.literal(character.encode_utf8(&mut [0; 4]));
                    character.len_utf8()
                }
            };
            rest = rest.get(consumed..).unwrap_or_default();
        }
        parts.0
    }

    /// The symbol that a text begins with, and its length: a stand-in or a template.
    fn symbol(&self, text: &str) -> Option<(usize, Symbol)> {
        let own =
            |symbol: &Symbol| matches!(symbol, Symbol::Attribute(address, _) if Some(address) == self.within);
        let stand_in =
            self.stand_ins.iter().find(|(stand_in, symbol)| !own(symbol) && text.starts_with(stand_in));
        if let Some((stand_in, symbol)) = stand_in {
            return Some((stand_in.len(), symbol.clone()));
        }
        let (inner, _) = text.strip_prefix("${")?.split_once('}')?;
        let (address, attribute) = inner.rsplit_once('.')?;
        Some((inner.len() + 3, Symbol::Attribute(address.parse().ok()?, attribute.to_owned())))
    }
}

/// Pieces of text, of which no two literals are neighbours.
#[derive(Default)]
struct Parts(Vec<Part>);

impl Parts {
    fn literal(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Part::Literal(literal)) => literal.push_str(text),
            _ => self.0.push(Part::Literal(text.to_owned())),
        }
    }
}

impl Resource {
    /// An argument that is not null.
    pub fn argument(&self, name: &str) -> Option<&Node> {
        let found = self.arguments.iter().find(|(argument, _)| argument == name);
        found.map(|(_, node)| node).filter(|node| **node != Node::Null)
    }
}

impl Pattern {
    /// Calls the log bucket by a name that follows from nothing.
    pub fn name_bucket(&mut self, name: &BucketName) {
        self.bucket_name = vec![Part::Literal(name.to_string())];
        let arguments = self.resources.iter_mut().filter(|resource| resource.address == bucket());
        for (_, node) in
            arguments.flat_map(|bucket| &mut bucket.arguments).filter(|(name, _)| name == "bucket")
        {
            *node = Node::Text(self.bucket_name.clone());
        }
    }

    /// The resource at an address.
    pub fn resource(&self, resource_type: &str, name: &str) -> Option<&Resource> {
        let address = Address::new(resource_type, name);
        self.resources.iter().find(|resource| resource.address == address)
    }
}

impl Node {
    /// The field of an object that is not null.
    pub fn field(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => {
                fields.iter().find(|(field, node)| field == name && *node != Self::Null).map(|(_, node)| node)
            }
            _ => None,
        }
    }

    /// The items of a list.
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The one block of a list of blocks.
    pub fn block(&self, name: &str) -> Option<&Self> {
        self.field(name)?.items().first()
    }

    /// Everything that the value refers to.
    pub fn references(&self, into: &mut Vec<Address>) {
        match self {
            Self::Text(parts) => into.extend(parts.iter().filter_map(|part| match part {
                Part::Symbol(Symbol::Attribute(address, _)) => Some(address.clone()),
                _ => None,
            })),
            Self::List(items) => items.iter().for_each(|item| item.references(into)),
            Self::Object(fields) => fields.iter().for_each(|(_, field)| field.references(into)),
            Self::Policy(policy) => policy.references(into),
            Self::Null | Self::Bool(_) | Self::Number(_) => {}
        }
    }
}
