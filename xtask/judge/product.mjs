// Puts what consumers ask of the policies that underpin writes, and attacks on them, to underpin and to
// @cloud-copilot/iam-simulate, and prints where they disagree, or where a consumer is refused or an attack succeeds.
// Usage: node product.mjs UNDERPIN POLICIES; run it where iam-simulate is installed.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(process.cwd() + '/package.json')
const { runSimulation, anonymousPrincipal } = await import(pathToFileURL(require.resolve('@cloud-copilot/iam-simulate')))
const policies = readFileSync(process.argv[3], 'utf8').trim().split('\n').map((line) => JSON.parse(line))
const FULL = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const OTHER = '999988887777'
const CONTEXT = 'kms:EncryptionContext:'
// iam-simulate knows no keys of encryption contexts; other keys of texts stand for them, in policies and requests alike.
const STANDS_FOR = { 'aws:cloudtrail:arn': 'aws:UserAgent', 'aws:logs:arn': 'aws:Referer', 'aws:s3:arn': 'aws:SourceVpc', 'aws:sns:topicArn': 'aws:SourceVpce' }
// Nor does it take `logs.cn-north-1.amazonaws.com.cn` for a service.
const SUFFIX = { 'aws-cn': 'amazonaws.com.cn', 'aws-eusc': 'amazonaws.eu' }
const renamed = (value) => JSON.parse(Object.entries(STANDS_FOR).reduce((text, [key, other]) => text.replaceAll(CONTEXT + key, other),
  JSON.stringify(value).replaceAll(/"(logs\.[\w-]+)\.amazonaws\.(com\.cn|eu)"/g, '"$1.amazonaws.com"')))

const SERVICES = { eks_service: ['eks.amazonaws.com', 'eks', 'cluster/artos'], eks_node_group: ['ec2.amazonaws.com'],
  eks_fargate: ['eks-fargate-pods.amazonaws.com', 'eks', 'fargateprofile/artos/pods/1234abcd-12ab-34cd-56ef-1234567890ab'],
  rds_enhanced_monitoring: ['monitoring.rds.amazonaws.com', 'rds', 'db:artos'] }
const stranger = (text, account) => text.replace(`:${account}:`, `:${OTHER}:`)

// What is asked of a policy: a name, a principal, an action, a resource, a context, and what must come of it; where settings leave
// out what tells one account from another, nothing must.
const requests = (one) => {
  const { partition, region, account, key, bucket, trail } = one
  const role = (name, owner = account) => `arn:${partition}:iam::${owner}:role/${name}`
  const isGuarded = one.settings.profile !== 'document' && one.settings.restrict_service_principals !== false
  const attack = isGuarded ? 'denied' : null
  const from = (source) => ({ 'aws:SourceArn': source, 'aws:SourceAccount': source.split(':')[4] })
  const asked = (name, principal, action, resource, context, must) => ({ name, principal, action, resource, must, context: { 'aws:SecureTransport': 'true', ...context } })
  if (one.kind === 'key') {
    const logs = `arn:${partition}:logs:${region}:${account}:log-group:/artos`, writer = `logs.${region}.${SUFFIX[partition] ?? 'amazonaws.com'}`
    const log = { [CONTEXT + 'aws:s3:arn']: `${bucket}/AWSLogs/${account}/CloudTrail/x.json.gz` }
    const ofTrail = (arn) => ({ ...from(arn), [CONTEXT + 'aws:cloudtrail:arn']: arn, ...log })
    const hasLogs = one.settings.kms_allow_cloudwatch_logs !== false && one.settings.profile !== 'document'
    return [
      asked('CloudTrail encrypts', 'cloudtrail.amazonaws.com', 'kms:GenerateDataKey', key, ofTrail(trail), 'allowed'),
      asked('CloudTrail describes', 'cloudtrail.amazonaws.com', 'kms:DescribeKey', key, from(trail), 'allowed'),
      asked("another account's trail", 'cloudtrail.amazonaws.com', 'kms:GenerateDataKey', key, ofTrail(stranger(trail, account)), attack),
      asked('CloudWatch Logs', writer, 'kms:GenerateDataKey', key, { [CONTEXT + 'aws:logs:arn']: logs }, hasLogs ? 'allowed' : null),
      asked("another account's log group", writer, 'kms:Decrypt', key, { [CONTEXT + 'aws:logs:arn']: stranger(logs, account) }, 'denied'),
      asked('an administrator changes the policy', role('Admin'), 'kms:PutKeyPolicy', key, {}, 'allowed'),
      ...['kms:Encrypt', 'kms:Decrypt', 'kms:DescribeKey', 'kms:ListGrants', 'kms:CreateGrant'].map((action) =>
        asked('a role whose policies allow it', role('Cluster'), action, key, {}, 'allowed')),
      { ...asked('a role whose policies allow nothing', role('Nothing'), 'kms:Decrypt', key, {}, 'denied'), identity: [] },
      asked("another account's role", role('Guest', OTHER), 'kms:Decrypt', key, {}, 'denied'),
      asked("another account's role changes the policy", role('Guest', OTHER), 'kms:PutKeyPolicy', key, {}, 'denied'),
      asked('nobody', 'anonymous', 'kms:Decrypt', key, {}, 'denied'),
      ...['eks', 'rds', 's3', 'secretsmanager'].map((service) =>
        asked('a service for another account', `${service}.amazonaws.com`, 'kms:Decrypt', key, { 'aws:SourceAccount': OTHER }, attack)),
    ]
  }
  if (one.kind === 'bucket') {
    const log = `${bucket}/AWSLogs/${account}/CloudTrail/${region}/x.json.gz`, acl = { 's3:x-amz-acl': 'bucket-owner-full-control' }
    const isTight = one.settings.profile === 'document' ? null : 'denied'
    return [
      asked('CloudTrail looks', 'cloudtrail.amazonaws.com', 's3:GetBucketAcl', bucket, from(trail), 'allowed'),
      asked('CloudTrail writes', 'cloudtrail.amazonaws.com', 's3:PutObject', log, { ...from(trail), ...acl }, 'allowed'),
      asked('CloudTrail writes for others', 'cloudtrail.amazonaws.com', 's3:PutObject', log, { ...from(stranger(trail, account)), ...acl }, attack),
      asked('CloudTrail looks for others', 'cloudtrail.amazonaws.com', 's3:GetBucketAcl', bucket, from(stranger(trail, account)), attack),
      asked('CloudTrail without the ACL', 'cloudtrail.amazonaws.com', 's3:PutObject', log, from(trail), null),
      asked('CloudTrail deletes', 'cloudtrail.amazonaws.com', 's3:DeleteObject', log, from(trail), 'denied'),
      asked('an administrator reads', role('Admin'), 's3:GetObject', log, {}, 'allowed'),
      asked('an administrator reads unencrypted', role('Admin'), 's3:GetObject', log, { 'aws:SecureTransport': 'false' }, isTight),
      asked("another account's role reads", role('Guest', OTHER), 's3:GetObject', log, {}, 'denied'),
      asked('nobody reads', 'anonymous', 's3:GetObject', log, {}, 'denied'),
    ]
  }
  const [service, of, source] = SERVICES[one.address.split('.')[1]] ?? []
  if (one.kind !== 'trust' || !service) return []
  const arn = source && `arn:${partition}:${of}:${region}:${account}:${source}`, assumed = role('artos')
  return [
    asked('its service', service, 'sts:AssumeRole', assumed, arn ? from(arn) : {}, 'allowed'),
    ...(arn ? [asked('its service for another account', service, 'sts:AssumeRole', assumed, from(stranger(arn, account)), attack)] : []),
    asked('another service', 'lambda.amazonaws.com', 'sts:AssumeRole', assumed, arn ? from(arn) : {}, 'denied'),
    asked('an administrator', role('Admin'), 'sts:AssumeRole', assumed, {}, 'denied'),
    asked("another account's role", role('Guest', OTHER), 'sts:AssumeRole', assumed, {}, 'denied'),
    asked('its service tags a session', service, 'sts:TagSession', assumed, arn ? from(arn) : {}, null),
  ]
}

const cases = policies.flatMap((policy) => requests(policy).map((request) => ({ policy, ...request })))
const identity = (one) => one.identity ?? (one.principal.startsWith('arn:') ? [FULL] : [])
const lines = cases.map((one, id) => JSON.stringify({ id, principal: one.principal, action: one.action, resource: one.resource, resource_account: one.policy.account,
  context: one.context, identity: identity(one), resource_policy: one.policy.document }))
const ours = spawnSync(process.argv[2], ['policy', 'simulate', '-requests', '-'], { input: lines.join('\n'), maxBuffer: 1 << 30, encoding: 'utf8' })
const answers = ours.stdout.trim().split('\n').map((line) => JSON.parse(line))
if (answers.length !== cases.length) throw new Error(`${answers.length} answers to ${cases.length} requests: ${ours.stderr}`)

const derived = (principal) => {
  if (principal === 'anonymous') return {}
  if (!principal.startsWith('arn:')) return { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': principal }
  return { 'aws:PrincipalArn': principal, 'aws:PrincipalAccount': principal.split(':')[4], 'aws:PrincipalIsAWSService': 'false' }
}
const NAMES = { Allow: 'Allowed', ExplicitDeny: 'ExplicitlyDenied', ImplicitDeny: 'ImplicitlyDenied' }
const tally = { alike: 0, allowed: 0, denied: 0, open: 0 }
const wrong = []
const untaken = {}
for (const [index, one] of cases.entries()) {
  const principal = one.principal === 'anonymous' ? anonymousPrincipal : renamed(one.principal)
  const result = await runSimulation({
    request: { principal, action: one.action, resource: { resource: one.resource, accountId: one.policy.account },
      contextVariables: { ...derived(one.principal), ...renamed(one.context) } },
    identityPolicies: identity(one).map((policy, index) => ({ name: `p${index}`, policy })), serviceControlPolicies: [], resourceControlPolicies: [],
    resourcePolicy: renamed(one.policy.document),
  }, {}).catch((error) => ({ resultType: 'error', errors: error.message }))
  if (result.resultType === 'error') {
    const text = JSON.stringify(result.errors).slice(0, 160)
    untaken[text] = (untaken[text] ?? 0) + 1
    continue
  }
  const mine = NAMES[answers[index].decision], theirs = result.overallResult
  const came = theirs === 'Allowed' ? 'allowed' : 'denied'
  tally[one.must ?? 'open'] += 1
  if (mine === theirs) tally.alike += 1
  if (mine !== theirs || (one.must && one.must !== came)) wrong.push({ name: one.name, must: one.must, mine, theirs, ...one.policy, request: lines[index] })
}
for (const [error, times] of Object.entries(untaken)) console.log(times, 'not taken by iam-simulate', error)
for (const { name, must, mine, theirs, settings, address, partition, request } of wrong.slice(0, 12)) console.log(JSON.stringify({ name, must, mine, theirs, settings, address, partition, request }).slice(0, Number(process.argv[4] ?? 700)))
console.log(`${new Set(cases.map((one) => one.policy)).size} of ${policies.length} policies asked, ${cases.length} requests: ${tally.alike} alike; ${tally.allowed} consumers that must be allowed, ${tally.denied} attacks that must be denied, ${tally.open} open; ${wrong.length} wrong`)
process.exit(wrong.length ? 1 : 0)
