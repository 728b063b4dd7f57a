//! The pages of the alarms.

use super::Page;

pub(super) const PAGES: &[Page] = &[
    Page {
        id: "alarms.chain",
        means: "Somebody is told when the foundation is touched.",
        why: "A trail that nobody reads is looked at too late.",
        repair: "Set monitoring up in the settings; `underpin monitoring test` sends a message through it.",
    },
    Page {
        id: "alarms.rule",
        means: "The rule of EventBridge is there, enabled, and looks for what the settings say.",
        why: "What no rule looks for is told to nobody.",
        repair: "`underpin apply`.",
    },
    Page {
        id: "alarms.target",
        means: "The rule sends what it matches to the topic, or to the bus of the deployment's region.",
        why: "A rule without its target matches in vain.",
        repair: "`underpin apply`.",
    },
    Page {
        id: "alarms.topic",
        means: "The topic of the alerts exists.",
        why: "EventBridge and CloudWatch drop what they cannot deliver, without a word.",
        repair: "`underpin apply`; a topic of your own comes back only by whoever made it.",
    },
    Page {
        id: "alarms.publish",
        means: "The topic's policy lets EventBridge publish, and CloudWatch where an alarm stands: evaluated as each of them asks.",
        why: "EventBridge sends neither account nor rule, so that a condition on them stops its messages without an error.",
        repair: "`underpin apply`, or for a topic of your own the command that is printed; it holds everything that stands in the policy now.",
    },
    Page {
        id: "alarms.encryption",
        means: "The topic is encrypted, and whoever publishes can use its key. Of the deployment's key `kms.use` says it.",
        why: "A message that cannot be encrypted vanishes without an error.",
        repair: "`underpin apply`, or the policy of your own key as the cause says.",
    },
    Page {
        id: "alarms.subscriber",
        means: "Whoever is to be told has confirmed, and is told of everything.",
        why: "AWS tells nothing before the link in its e-mail is followed, and nothing that a filter policy of the subscription keeps back.",
        repair: "Follow the link; AWS forgets an address after three days, and the next `underpin apply` sends another e-mail. It takes a filter policy off too.",
    },
    Page {
        id: "alarms.metric",
        means: "The alarm of CloudWatch is there, acts, and tells the topic.",
        why: "An alarm that tells nobody rings in vain.",
        repair: "`underpin apply`.",
    },
    Page {
        id: "alarms.heartbeat",
        means: "Somebody publishes how the trail is, every 15 minutes.",
        why: "CloudTrail has no metric of its own: silence is taken for a trail that does not record.",
        repair: "Run `underpin trail heartbeat` by cron or CI.",
    },
];
