// Puts generated requests to underpin and to @cloud-copilot/iam-simulate, an independent evaluator, and prints where they
// disagree. Deterministic. Usage: node requests.mjs UNDERPIN COUNT [SEED]; run it where iam-simulate is installed.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { randomness } from './random.mjs'

const require = createRequire(process.cwd() + '/package.json')
const { runSimulation, anonymousPrincipal } = await import(pathToFileURL(require.resolve('@cloud-copilot/iam-simulate')))
const [underpin, count, seed] = [process.argv[2], Number(process.argv[3] ?? 20000), Number(process.argv[4] ?? 1)]

const { random, pick, chance } = randomness(seed)
const some = (list, most) => Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(list))

const OWN = '123456789012', OTHER = '999988887777'
const PRINCIPALS = [
  `arn:aws:iam::${OWN}:role/Admin`, `arn:aws:sts::${OWN}:assumed-role/Admin/one`, `arn:aws:sts::${OWN}:assumed-role/App/two`,
  `arn:aws:iam::${OWN}:user/Ada`, `arn:aws:iam::${OTHER}:role/Guest`, `arn:aws:sts::${OTHER}:assumed-role/Guest/x`,
  `arn:aws:iam::${OTHER}:user/Eve`, 'eks.amazonaws.com', 'cloudtrail.amazonaws.com', 'anonymous',
]
const NAMED = [
  { AWS: `arn:aws:iam::${OWN}:root` }, { AWS: OWN }, { AWS: `arn:aws:iam::${OWN}:role/Admin` }, { AWS: `arn:aws:iam::${OWN}:role/App` },
  { AWS: `arn:aws:iam::${OWN}:user/Ada` }, { AWS: OTHER }, { AWS: [`arn:aws:iam::${OTHER}:role/Guest`, `arn:aws:iam::${OTHER}:user/Eve`] },
  { Service: 'eks.amazonaws.com' }, { Service: ['cloudtrail.amazonaws.com', 'rds.amazonaws.com'] }, '*', { AWS: '*' },
  { AWS: `arn:aws:sts::${OWN}:assumed-role/App/two` },
]
const KEY = `arn:aws:kms:us-east-1:${OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
const WORLDS = [
  { resources: [KEY], patterns: ['*'], actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:PutKeyPolicy', 'kms:CreateGrant', 'kms:DescribeKey'],
    globs: ['kms:*', 'kms:Decrypt', 'kms:GenerateDataKey*', 'kms:?ncrypt', 'kms:Put*', 'kms:CreateGrant', 'kms:D*'], needs: true },
  { resources: ['arn:aws:s3:::logs/AWSLogs/1', 'arn:aws:s3:::logs/home/Ada/x', 'arn:aws:s3:::other/x'],
    patterns: ['*', 'arn:aws:s3:::logs/*', 'arn:aws:s3:::logs/AWSLogs/?', 'arn:aws:s3:::logs/home/${aws:username}/*', 'arn:aws:s3:::l*s/*', 'arn:aws:s3:::other/*'],
    actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObjectVersion', 's3:GetObjectTagging'], globs: ['s3:*', 's3:Get*', 's3:PutObject', 's3:GetObject', 's3:*Object*', 's3:Delete*'] },
  { resources: [`arn:aws:iam::${OWN}:role/Target`], patterns: [null], actions: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
    globs: ['sts:AssumeRole', 'sts:*', 'sts:TagSession', 'sts:Assume*'], needs: true },
  { resources: [`arn:aws:ecr:us-east-1:${OWN}:repository/app`], patterns: [null], actions: ['ecr:BatchGetImage', 'ecr:PutImage'], globs: ['ecr:*', 'ecr:Batch*', 'ecr:PutImage'] },
]
const CONDITIONS = [
  ['StringEquals', 'aws:SourceAccount', [OWN, OTHER]], ['StringNotEquals', 'aws:SourceAccount', [OWN]], ['StringLike', 'aws:SourceAccount', ['12*', '*']],
  ['ArnLike', 'aws:SourceArn', [`arn:aws:eks:*:${OWN}:cluster/*`, 'arn:aws:cloudtrail:us-east-1:*:trail/main']], ['StringEqualsIfExists', 'aws:SourceVpce', ['vpce-1']],
  ['Bool', 'aws:SecureTransport', ['true', 'false']], ['BoolIfExists', 'aws:SecureTransport', ['false']], ['Null', 'aws:SourceVpce', ['true', 'false']],
  ['IpAddress', 'aws:SourceIp', ['10.0.0.0/8', '203.0.113.7/32']], ['NotIpAddress', 'aws:SourceIp', ['10.0.0.0/8']], ['StringLike', 'aws:PrincipalArn', [`arn:aws:iam::${OWN}:role/*`, '*Ada']],
  ['ArnNotLike', 'aws:PrincipalArn', [`arn:aws:iam::${OWN}:role/A*`]], ['StringEquals', 'aws:PrincipalAccount', [OWN]], ['Bool', 'aws:PrincipalIsAWSService', ['true', 'false']],
  ['StringEquals', 'aws:PrincipalOrgID', ['o-ours']], ['NumericLessThan', 'aws:MultiFactorAuthAge', ['300']], ['DateGreaterThan', 'aws:CurrentTime', ['2026-01-01T00:00:00Z']],
  ['StringEqualsIgnoreCase', 'aws:PrincipalOrgID', ['O-OURS']], ['StringNotLike', 'aws:PrincipalOrgID', ['o-o*']],
  ['ForAnyValue:StringLike', 'aws:PrincipalOrgPaths', ['o-ours/*']], ['ForAllValues:StringEquals', 'aws:PrincipalOrgPaths', ['o-ours/a', 'o-ours/b']],
]
const CONTEXT = [
  ['aws:SourceAccount', [OWN]], ['aws:SourceAccount', [OTHER]], ['aws:SourceArn', [`arn:aws:eks:us-east-1:${OWN}:cluster/a`]], ['aws:SourceArn', [`arn:aws:cloudtrail:us-east-1:${OWN}:trail/main`]],
  ['aws:SourceVpce', ['vpce-1']], ['aws:SourceVpce', ['vpce-2']], ['aws:SecureTransport', ['true']], ['aws:SecureTransport', ['false']], ['aws:SourceIp', ['10.1.2.3']], ['aws:SourceIp', ['203.0.113.7']],
  ['aws:PrincipalOrgID', ['o-ours']], ['aws:PrincipalOrgID', ['o-theirs']], ['aws:MultiFactorAuthAge', ['100']], ['aws:MultiFactorAuthAge', ['1000']], ['aws:CurrentTime', ['2026-06-01T00:00:00Z']],
  ['aws:PrincipalOrgPaths', ['o-ours/a']], ['aws:PrincipalOrgPaths', ['o-ours/a', 'o-theirs/b']],
]
const conditions = () => {
  const block = {}
  for (const [operator, key, values] of chance(0.5) ? some(CONDITIONS, 2) : []) (block[operator] ??= {})[key] = some(values, values.length)
  return Object.keys(block).length ? { Condition: block } : {}
}
const statement = (world, principal, denial) => {
  const patterns = world.patterns[0] === null && principal ? null : world.patterns[0] === null ? ['*'] : world.patterns
  return {
    Effect: chance(denial) ? 'Deny' : 'Allow', ...(principal ? { Principal: pick(NAMED) } : {}), [chance(0.1) && !principal ? 'NotAction' : 'Action']: some([...world.globs, ...(principal ? [] : ['*'])], 2),
    ...(patterns ? { [chance(0.1) && !principal ? 'NotResource' : 'Resource']: some(patterns, 2) } : {}), ...conditions(),
  }
}
const document = (world, principal, denial = 0.15) => ({ Version: '2012-10-17', Statement: Array.from({ length: 1 + Math.floor(random() * 3) }, () => statement(world, principal, denial)) })
const FULL = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const scp = (world) => [chance(0.7) ? FULL : { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: some(world.globs, 2), Resource: '*' }] },
  ...(chance(0.4) ? [{ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: some(world.globs, 2), Resource: '*', ...conditions() }] }] : [])]

const derived = (principal) => {
  if (principal === 'anonymous') return {}
  if (!principal.startsWith('arn:')) return { 'aws:PrincipalIsAWSService': 'true' }
  const [, , , , account, rest] = principal.split(':')
  const arn = rest.startsWith('assumed-role/') ? `arn:aws:iam::${account}:role/${rest.split('/')[1]}` : principal
  return { 'aws:PrincipalArn': arn, 'aws:PrincipalAccount': account, 'aws:PrincipalIsAWSService': 'false', ...(rest.startsWith('user/') ? { 'aws:username': rest.slice(5) } : {}) }
}
const cases = Array.from({ length: count }, (_, id) => {
  const world = pick(WORLDS), principal = pick(PRINCIPALS), isAws = principal.startsWith('arn:'), isSession = principal.includes(':assumed-role/')
  const context = { ...Object.fromEntries((chance(0.8) ? some(CONTEXT, 5) : []).map(([key, values]) => [key, values.length === 1 ? values[0] : values])) }
  return {
    id, principal, action: pick(world.actions), resource: pick(world.resources), resource_account: OWN, context,
    identity: isAws && chance(0.75) ? [document(world, false)] : [], resource_policy: chance(0.8) || world.needs ? document(world, true) : null,
    boundary: isAws && chance(0.25) ? [document(world, false, 0.1)] : [], scp: isAws && chance(0.25) ? Array.from({ length: 1 + Math.floor(random() * 2) }, () => scp(world)) : [],
    rcp: [], session: isSession && chance(0.25) ? [document(world, false, 0.1)] : [],
  }
})
const ours = spawnSync(underpin, ['policy', 'simulate', '-requests', '-'], { input: cases.map((one) => JSON.stringify(one)).join('\n'), maxBuffer: 1 << 30, encoding: 'utf8' })
const answers = ours.stdout.trim().split('\n').map((line) => JSON.parse(line))
if (answers.length !== cases.length) throw new Error(`${answers.length} answers to ${cases.length} requests: ${ours.stderr}`)

// What AWS documents otherwise; docs/policy-semantics.md has the sources.
const explained = (one, mine, theirs) => {
  const named = JSON.stringify(one.resource_policy ?? '')
  if (one.session.length && named.includes(one.principal)) return 'a session named by its own ARN is not held back by session policies'
  return null
}
const wrap = (policy, index) => ({ name: `p${index}`, policy })
const tally = { agree: 0, explained: {}, errors: {}, disagree: [] }
const decisions = {}
for (const [index, one] of cases.entries()) {
  const simulation = {
    request: { principal: one.principal === 'anonymous' ? anonymousPrincipal : one.principal, action: one.action, resource: { resource: one.resource, accountId: OWN },
      contextVariables: { ...('aws:SourceArn' in one.context ? { 'aws:SourceAccount': OWN } : {}), ...one.context, ...derived(one.principal) } },
    identityPolicies: one.identity.map(wrap), serviceControlPolicies: one.scp.map((level, index) => ({ orgIdentifier: `l${index}`, policies: level.map(wrap) })), resourceControlPolicies: [],
    resourcePolicy: one.resource_policy ?? undefined, permissionBoundaryPolicies: one.boundary.length ? one.boundary.map(wrap) : undefined, sessionPolicy: one.session[0],
  }
  let theirs
  try {
    const result = await runSimulation(simulation, {})
    theirs = result.resultType === 'error' ? `error ${JSON.stringify(result.errors).slice(0, 120)}` : result.overallResult
  } catch (error) { theirs = `error ${error.message}` }
  const mine = { Allow: 'Allowed', ExplicitDeny: 'ExplicitlyDenied', ImplicitDeny: 'ImplicitlyDenied' }[answers[index].decision] ?? answers[index].error
  decisions[mine] = (decisions[mine] ?? 0) + 1
  if (theirs.startsWith('error')) tally.errors[theirs] = (tally.errors[theirs] ?? 0) + 1
  else if (mine === theirs) tally.agree += 1
  else {
    const why = explained(one, mine, theirs)
    if (why) tally.explained[why] = (tally.explained[why] ?? 0) + 1
    else tally.disagree.push({ mine, theirs, one, answer: answers[index] })
  }
}
console.log('decisions', JSON.stringify(decisions), 'explained', JSON.stringify(tally.explained))
for (const [error, times] of Object.entries(tally.errors).slice(0, 5)) console.log(times, error)
for (const one of tally.disagree.slice(0, Number(process.argv[5] ?? 5))) console.log(JSON.stringify(one))
console.log(`${count} requests: ${tally.agree} alike, ${Object.values(tally.explained).reduce((a, b) => a + b, 0)} explained, ${Object.values(tally.errors).reduce((a, b) => a + b, 0)} not taken by iam-simulate, ${tally.disagree.length} unexplained`)
process.exit(tally.disagree.length ? 1 : 0)
