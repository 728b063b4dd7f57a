//! The foundation as a Terraform module that a person can read and go on with.

mod expression;
mod inline_bucket;
mod kinds;
mod resource;
mod settings;
#[cfg(test)]
mod tests;

use foundation::addresses::deployment;
use foundation::kinds::terraform_data;
use foundation::settings::{DEPLOYMENT, MANAGED_BY, UNDERPIN, has_label};
use terraform::{Address, State};

use crate::hcl::{Body, Expression};
use crate::pattern::{self, Node, Part, Pattern, Resource, Subject};
use crate::{File, StoredState};

/// Which releases of terraform-provider-aws a module is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Provider {
    /// 6, from the release on that knows which encryption a bucket blocks.
    #[default]
    Six,
    /// 5: a resource for each setting of a bucket, as 6.
    Five,
    /// 3: settings of a bucket within the bucket.
    Three,
}

/// What a module is to hold.
#[derive(Clone, Copy, Debug)]
pub struct Module<'a> {
    /// What is exported.
    pub subject: Subject<'a>,
    /// Where its state is kept; `None` leaves that to whoever uses the module.
    pub stored: Option<&'a StoredState>,
    /// For which provider.
    pub provider: Provider,
    /// Whether to write `import` blocks for an empty state.
    pub imports: bool,
}

/// The log bucket has no name yet: nothing is recorded and no suffix is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unnamed;

/// Writes the files of a module.
///
/// # Errors
/// The end of the log bucket's name is not known.
pub fn module(module: &Module<'_>) -> Result<Vec<File>, Unnamed> {
    let mut pattern = pattern::draw(&module.subject);
    let suffix = match module.subject.adopted_bucket() {
        Some(name) => {
            pattern.name_bucket(&name);
            None
        }
        None => Some(module.subject.bucket_suffix().ok_or(Unnamed)?),
    };
    match module.provider {
        Provider::Three => inline_bucket::fold(&mut pattern),
        Provider::Five => {}
        Provider::Six => block_customer_keys(&mut pattern),
    }
    let mut files = vec![file("main.tf", main(module, &pattern))];
    let written =
        kinds::FILES.into_iter().filter(|name| pattern.resources.iter().any(|one| is_in(one, name)));
    files.extend(written.map(|name| file(name, resources(&pattern, name, module.provider))));
    files.extend([
        file("variables.tf", settings::variables(module)),
        file("terraform.tfvars", settings::values(module, suffix.as_deref())),
        file("outputs.tf", outputs(&pattern)),
        file("versions.tf", settings::versions(module, &pattern)),
    ]);
    files.extend(module.stored.map(|stored| file("backend.tf", stored.backend())));
    if module.imports {
        files.extend(
            module.subject.state.map(|state| file("imports.tf", imports(state, &pattern, module.provider))),
        );
    }
    Ok(files)
}

/// One block an output, null ones included.
fn outputs(pattern: &Pattern) -> Body {
    pattern.outputs.iter().fold(Body::new(), |body, (name, value)| {
        body.block(&["output", name], Body::new().attribute("value", expression::of(value)))
    })
}

/// An `import` block for each resource that is recorded, for a state that knows nothing of the foundation yet.
fn imports(state: &State, pattern: &Pattern, provider: Provider) -> Body {
    let introduction = "For a state that does not record the foundation yet. With the state of underpin nothing needs to be imported: delete\nthis file.";
    let recorded = pattern.resources.iter().filter_map(|resource| {
        let attributes = &state.instance(&resource.address)?.attributes;
        let kind = kinds::kind_of(resource.address.resource_type())?;
        Some((&resource.address, kind.import.id(attributes, provider)?))
    });
    recorded.fold(Body::new().remark(introduction), |body, (address, id)| {
        let import = Body::new()
            .attribute("to", Expression::verbatim(address.to_string()))
            .attribute("id", Expression::text(&id));
        body.block(&["import"], import)
    })
}

/// Says that the log bucket takes no keys of the writer's (SSE-C), as underpin and AWS itself set it. Provider 6 shows it as a
/// change for ever otherwise.
fn block_customer_keys(pattern: &mut Pattern) {
    const TYPE: &str = "aws_s3_bucket_server_side_encryption_configuration";
    let blocked = Node::List(vec![Node::Text(vec![Part::Literal("SSE-C".to_owned())])]);
    let configurations = pattern.resources.iter_mut().filter(|one| one.address.resource_type() == TYPE);
    let arguments = configurations.flat_map(|configuration| &mut configuration.arguments);
    for (_, node) in arguments.filter(|(name, _)| name == "rule") {
        let Node::List(rules) = node else { continue };
        for rule in rules {
            if let Node::Object(fields) = rule {
                fields.push(("blocked_encryption_types".to_owned(), blocked.clone()));
            }
        }
    }
}

fn file(name: &'static str, body: Body) -> File {
    File { name, text: body.to_file() }
}

/// What the file of main says about itself and the module.
const INTRODUCTION: &str = "The global foundation, written by `underpin export terraform`: what underpin manages with the settings in
terraform.tfvars. It makes the same objects under the same addresses.";

/// How to begin with provider 5 or 6.
const CURRENT: &str = "
The state of underpin is the state of this module: `terraform init`, then `terraform plan`, which says \"No changes\".";

/// How to begin with provider 3.
const THREE: &str = "
Provider 3 has no types of their own for most settings of a bucket; here they stand within the bucket. A state of
underpin's names those types, and provider 3 refuses it. Take them out of the state first (AWS is not touched, and
underpin finds them again):

  terraform state rm";

/// The head of the module: what it is, whose it is, and what its resources share.
fn main(module: &Module<'_>, pattern: &Pattern) -> Body {
    let introduction = match module.provider {
        Provider::Five | Provider::Six => format!("{INTRODUCTION}\n{CURRENT}"),
        Provider::Three => format!("{INTRODUCTION}\n{THREE}{}", folded_addresses(module)),
    };
    let locals = Body::new()
        .comment("The beginning of every name.")
        .attribute("name", Expression::verbatim(r#""${var.project_name}-${var.environment}""#))
        .attribute("account_id", Expression::verbatim("data.aws_caller_identity.current.account_id"))
        .attribute("partition", Expression::verbatim("data.aws_partition.current.partition"))
        .comment("Policies name the trail before there is one.")
        .attribute("trail_arn", expression::text(&pattern.trail_arn))
        .comment(
            "On everything that can carry tags. The deployment's identity tells underpin what is its own.",
        )
        .attribute("tags", tags(module));
    Body::new()
        .remark(introduction)
        .block(&["data", "aws_caller_identity", "current"], Body::new())
        .block(&["data", "aws_partition", "current"], Body::new())
        .block(&["locals"], locals)
        .comment(match module.subject.adopted_bucket() {
            Some(_) => "The deployment's identity, and the name of the log bucket that was taken over.",
            None => "The deployment's identity, and the end of the log bucket's name, which was drawn once.",
        })
        .block(
            &["resource", deployment().resource_type(), deployment().name()],
            Body::new().attribute("input", deployment_input(module)),
        )
}

/// What the deployment's record holds: the end of the log bucket's name, or all of it.
fn deployment_input(module: &Module<'_>) -> Expression {
    match module.subject.adopted_bucket() {
        Some(name) => Expression::Object(vec![(
            terraform_data::BUCKET_NAME.to_owned(),
            Expression::text(name.as_str()),
        )]),
        None => Expression::verbatim("var.cloudtrail_bucket_suffix"),
    }
}

/// The user's tags and ours, the recorded identity in clear.
fn tags(module: &Module<'_>) -> Expression {
    if module.subject.is_unmarked() {
        let label = module.subject.own_label();
        return merged(label.into_iter().map(|(name, value)| (name, Expression::text(&value))).collect());
    }
    let identity = module.subject.deployment_id();
    let identity = identity.map_or_else(
        || Expression::verbatim("terraform_data.deployment.id"),
        |identity| Expression::text(&identity),
    );
    let label = Some((MANAGED_BY.to_owned(), Expression::text(UNDERPIN)));
    let label = label.filter(|_| !has_label(&module.subject.settings.tags));
    merged(label.into_iter().chain([(DEPLOYMENT.to_owned(), identity)]).collect())
}

/// The user's tags with more of them.
fn merged(more: Vec<(String, Expression)>) -> Expression {
    if more.is_empty() {
        return Expression::verbatim("var.tags");
    }
    Expression::Call("merge", Some("var.tags".to_owned()), Box::new(Expression::Object(more)))
}

/// The addresses that provider 3 refuses, as arguments of a command.
fn folded_addresses(module: &Module<'_>) -> String {
    let drawn = pattern::draw(&module.subject);
    let folded = drawn
        .resources
        .iter()
        .map(|resource| &resource.address)
        .filter(|address| inline_bucket::is_folded(address));
    folded.map(|address| format!(" \\\n    {address}")).collect()
}

/// Whether a resource stands in a file.
fn is_in(resource: &Resource, file: &str) -> bool {
    kinds::kind_of(resource.address.resource_type()).is_some_and(|kind| kind.file == Some(file))
}

/// The resources that stand in a file, in the blueprint's order.
fn resources(pattern: &Pattern, file: &str, provider: Provider) -> Body {
    pattern.resources.iter().filter(|resource| is_in(resource, file)).fold(Body::new(), |body, resource| {
        let Resource { address, .. } = resource;
        body.block(&["resource", address.resource_type(), address.name()], resource::body(resource, provider))
    })
}

/// Whether the module refers to a resource by other means than `depends_on`.
fn needs_no_mention(address: &Address) -> bool {
    *address == deployment()
}
