//! Who is told: topics, rules, alarms, and the log group that they count in.

use terraform::Address;

use super::event_pattern;
use super::parameters::HAS_FARGATE;
use super::resources::{Properties, Resources, if_made, retained};
use super::text::logical_id;
use super::value::Value;
use crate::pattern::{Node, Part, Resource};

/// What shows what differs, in the words of an alert.
const PLAN: &str = "underpin plan";
/// The same for a stack (CloudFormation user guide, "Detect drift on an entire CloudFormation stack").
const DRIFT: &str =
    "aws cloudformation detect-stack-drift, then describe-stack-resource-drifts, with --stack-name";

impl Resources<'_> {
    pub(super) fn topic(&self, topic: &Resource) -> (String, Value) {
        let mut properties = self.properties(topic);
        properties.push(self.tagged());
        self.entry(topic, Vec::new(), properties)
    }

    pub(super) fn topic_policy(&self, policy: &Resource) -> (String, Value) {
        let topic = policy.argument("arn").map(|arn| self.writer.value(arn));
        let mut properties = vec![("Topics".to_owned(), Value::List(topic.into_iter().collect()))];
        properties.extend(self.properties(policy));
        self.entry(policy, Vec::new(), properties)
    }

    pub(super) fn subscription(&self, subscription: &Resource) -> (String, Value) {
        self.entry(subscription, Vec::new(), self.properties(subscription))
    }

    /// The log group, which outlives the stack like the bucket: it holds audit events.
    pub(super) fn log_group(&self, group: &Resource) -> (String, Value) {
        let mut properties = self.properties(group);
        properties.push(self.tagged());
        self.entry(group, retained(), properties)
    }

    /// A filter; that of a role which a stack may do without is made with the role.
    pub(super) fn metric_filter(&self, filter: &Resource) -> (String, Value) {
        let mut properties = self.properties(filter);
        let transformations = filter.argument("metric_transformation").map(Node::items).unwrap_or_default();
        let names = [("name", "MetricName"), ("namespace", "MetricNamespace"), ("value", "MetricValue")];
        let transformations = transformations.iter().map(|one| Value::Map(self.renamed(one, &names)));
        properties.push(("MetricTransformations".to_owned(), Value::List(transformations.collect())));
        self.entry(filter, if_made(&filter.address), properties)
    }

    /// A rule with its targets, after everything that it watches, so that making the stack tells nobody.
    pub(super) fn rule(&self, rule: &Resource) -> (String, Value) {
        let targets: Vec<&Resource> = self.parts("aws_cloudwatch_event_target", &rule.address).collect();
        let mut properties = self.properties(rule);
        if let Some(pattern) = rule.argument("event_pattern") {
            let pattern = self.without_absent(self.writer.value(&event_pattern::spread(pattern)));
            properties.push(("EventPattern".to_owned(), pattern));
        }
        properties.push(("State".to_owned(), "ENABLED".into()));
        let written = targets.iter().map(|target| self.target(target)).collect();
        properties.push(("Targets".to_owned(), Value::List(written)));
        properties.push(self.tagged());
        let about = self.after(&[&[rule], targets.as_slice()].concat(), &self.watched(rule));
        self.entry(rule, about, properties)
    }

    /// What a rule watches beside what every rule comes after: alarms, and that which tells.
    fn watched(&self, rule: &Resource) -> Vec<&Address> {
        let kinds: &[&str] = match rule.address.name() {
            "trail" => &["aws_cloudwatch_metric_alarm"],
            "alarms" => {
                &["aws_cloudwatch_metric_alarm", "aws_sns_topic_subscription", "aws_cloudwatch_event_rule"]
            }
            _ => &[],
        };
        let all = self.pattern.resources.iter().map(|resource| &resource.address);
        all.filter(|address| kinds.contains(&address.resource_type())).collect()
    }

    /// A pattern that names the Fargate role only where a stack makes it, which it does before the rule then.
    fn without_absent(&self, pattern: Value) -> Value {
        let Some(role) = self.pattern.resource("aws_iam_role", "eks_fargate") else { return pattern };
        let name = role.argument("name").map(|name| self.writer.value(name));
        match pattern {
            pattern if Some(&pattern) == name.as_ref() => {
                Value::reference(logical_id(&role.address)).when(HAS_FARGATE)
            }
            Value::List(items) => {
                Value::List(items.into_iter().map(|item| self.without_absent(item)).collect())
            }
            Value::Map(fields) => Value::Map(
                fields.into_iter().map(|(name, field)| (name, self.without_absent(field))).collect(),
            ),
            pattern => pattern,
        }
    }

    fn target(&self, target: &Resource) -> Value {
        let argument = |name: &str| target.argument(name).map(|node| self.writer.value(node));
        let mut fields: Properties = [("target_id", "Id"), ("arn", "Arn")]
            .into_iter()
            .filter_map(|(name, property)| Some((property.to_owned(), argument(name)?)))
            .collect();
        let words = target.argument("input_transformer").and_then(|words| words.items().first());
        if let Some(words) = words {
            let words = words_of_a_stack(words);
            let names = [("input_paths", "InputPathsMap"), ("input_template", "InputTemplate")];
            fields.push(("InputTransformer".to_owned(), Value::Map(self.renamed(&words, &names))));
        }
        Value::Map(fields)
    }

    pub(super) fn alarm(&self, alarm: &Resource) -> (String, Value) {
        let mut properties = self.properties(alarm);
        if let Some(Node::Object(dimensions)) = alarm.argument("dimensions")
            && !dimensions.is_empty()
        {
            let dimension = |(name, value): &(String, Node)| {
                Value::map([("Name", name.as_str().into()), ("Value", self.writer.value(value))])
            };
            let dimensions = dimensions.iter().map(dimension).collect();
            properties.push(("Dimensions".to_owned(), Value::List(dimensions)));
        }
        properties.push(self.tagged());
        self.entry(alarm, self.after(&[alarm], &[]), properties)
    }
}

/// An alert's words with what shows the drift of a stack in place of what shows underpin's.
fn words_of_a_stack(words: &Node) -> Node {
    match words {
        Node::Object(fields) => {
            Node::Object(fields.iter().map(|(name, field)| (name.clone(), words_of_a_stack(field))).collect())
        }
        Node::Text(parts) => Node::Text(
            parts
                .iter()
                .map(|part| match part {
                    Part::Literal(literal) => Part::Literal(literal.replace(PLAN, DRIFT)),
                    symbol @ Part::Symbol(_) => symbol.clone(),
                })
                .collect(),
        ),
        other => other.clone(),
    }
}
