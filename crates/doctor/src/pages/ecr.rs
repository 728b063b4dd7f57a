//! The pages of the images.

use super::Page;

pub(super) const PAGES: &[Page] = &[
    Page {
        id: "ecr.pull",
        means: "The policies of the role allow what a pull needs: a token, the manifest and the layers.",
        why: "Without them nodes or Fargate pods show ImagePullBackOff. Fargate pulls with the role of the pod execution, never with the node's.",
        repair: "Repair the check in `because_of`.",
    },
    Page {
        id: "ecr.inline",
        means: "The inline policy for the registry names the repositories of the settings.",
        why: "Wrong repository ARNs stop pulls where no other policy allows them.",
        repair: "`underpin apply`.",
    },
    Page {
        id: "ecr.registry",
        means: "The settings name the account of the registry.",
        why: "Without it the roles get no policy for it.",
        repair: "`artos_ecr_aws_account = \"ACCOUNT\"`.",
    },
    Page {
        id: "ecr.image",
        means: "The image of `-image` lies in the registry, region and repositories of the settings.",
        why: "A wrong account or region in the image's name looks like a missing permission.",
        repair: "Write the image as the registry names it, or add the prefix to the settings.",
    },
    Page {
        id: "ecr.probe",
        means: "With `-probe`: the manifest of the image can be read in the caller's name.",
        why: "A tag that does not exist, and an owner who does not allow it, look alike from a pod.",
        repair: "Choose an existing tag, or ask the owner.",
    },
    Page {
        id: "ecr.owner",
        means: "The owner's repository policy lets this account pull.",
        why: "Across accounts both sides have to allow it. It is read where the owner allows that, or given with `-repository-policy=FILE`.",
        repair: "The owner runs the command that is printed; it holds everything that stands in the policy now.",
    },
    Page {
        id: "ecr.endpoint",
        means: "With `-endpoint-policy=FILE`: the policy of the VPC endpoint lets images through.",
        why: "An endpoint's policy stops what all other policies allow.",
        repair: "Allow the action in the endpoint's policy.",
    },
    Page {
        id: "ecr.asked",
        means: "Whoever `-principal` names may do the ECR action of `-action`.",
        why: "It is evaluated on that role's live policies and boundary.",
        repair: "Allow it where the cause says.",
    },
    Page {
        id: "ecr.instance-profile",
        means: "The instance profile that the settings ask for has the node role.",
        why: "Nodes that are no managed node group get their role by it, and can neither join nor pull without.",
        repair: "`underpin apply`.",
    },
    Page {
        id: "ecr.network",
        means: "What cannot be seen from here: routes, endpoints, the platform of the image.",
        why: "These are the rest of the reasons for ImagePullBackOff.",
        repair: "Run the printed command where the nodes are.",
    },
];
