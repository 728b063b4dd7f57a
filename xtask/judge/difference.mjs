// Edits policies at random and lets @cloud-copilot/iam-simulate confirm what `underpin policy diff -json` says: every witness
// is refused before and allowed after, and where nothing is gained, sampled requests are not. Deterministic.
// Usage: node difference.mjs UNDERPIN PAIRS [SEED]; run it where iam-simulate is installed.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const require = createRequire(process.cwd() + '/package.json')
const { runSimulation, anonymousPrincipal } = await import(pathToFileURL(require.resolve('@cloud-copilot/iam-simulate')))
const [underpin, pairs, seed] = [process.argv[2], Number(process.argv[3] ?? 300), Number(process.argv[4] ?? 1)]
let state = seed >>> 0
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const pick = (list) => list[Math.floor(random() * list.length)]
const OWN = '123456789012', OTHER = '999988887777', KEY = `arn:aws:kms:us-east-1:${OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
const TRAIL = `arn:aws:cloudtrail:us-east-1:${OWN}:trail/main`
const use = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey']
const BASES = {
  key: { Version: '2012-10-17', Statement: [
    { Sid: 'Enable IAM User Permissions', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${OWN}:root` }, Action: 'kms:*', Resource: '*' },
    ...['eks', 'rds', 's3'].map((name) => ({ Sid: `Allow ${name}`, Effect: 'Allow', Principal: { Service: `${name}.amazonaws.com` }, Action: use, Resource: '*', Condition: { StringEquals: { 'aws:SourceAccount': OWN } } })),
    { Sid: 'CloudTrail', Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 'kms:GenerateDataKey*', Resource: '*', Condition: { StringEquals: { 'aws:SourceArn': TRAIL } } },
    { Sid: 'Administrators', Effect: 'Allow', Principal: { AWS: [`arn:aws:iam::${OWN}:role/Admin`, `arn:aws:iam::${OWN}:role/Ops`] }, Action: ['kms:PutKeyPolicy', 'kms:Enable*', 'kms:TagResource'], Resource: '*' } ] },
  bucket: { Version: '2012-10-17', Statement: [
    { Sid: 'AclCheck', Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 's3:GetBucketAcl', Resource: 'arn:aws:s3:::logs', Condition: { StringEquals: { 'aws:SourceArn': TRAIL } } },
    { Sid: 'Write', Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 's3:PutObject', Resource: `arn:aws:s3:::logs/AWSLogs/${OWN}/*`, Condition: { StringEquals: { 'aws:SourceArn': TRAIL, 's3:x-amz-acl': 'bucket-owner-full-control' } } },
    { Sid: 'TlsOnly', Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: ['arn:aws:s3:::logs', 'arn:aws:s3:::logs/*'], Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    { Sid: 'Readers', Effect: 'Allow', Principal: { AWS: [`arn:aws:iam::${OTHER}:role/Auditor`, `arn:aws:iam::${OWN}:user/Ada`] }, Action: ['s3:GetObject', 's3:GetObjectVersion'], Resource: 'arn:aws:s3:::logs/*' } ] },
}
const PRINCIPALS = ['*', { AWS: OTHER }, { AWS: `arn:aws:iam::${OWN}:role/Admin` }, { Service: 'eks.amazonaws.com' }, { AWS: `arn:aws:iam::${OTHER}:role/Auditor` }, { AWS: [`arn:aws:iam::${OWN}:role/Admin`, `arn:aws:iam::${OWN}:role/New`] }]
const ACTIONS = { key: ['kms:*', 'kms:Decrypt', 'kms:Put*', use, 'kms:GenerateDataKey*'], bucket: ['s3:*', 's3:GetObject', 's3:Get*', 's3:PutObject', ['s3:GetObject', 's3:GetObjectVersion']] }
const RESOURCES = { key: ['*'], bucket: ['arn:aws:s3:::logs/*', 'arn:aws:s3:::logs/AWSLogs/*', ['arn:aws:s3:::logs', 'arn:aws:s3:::logs/*'], 'arn:aws:s3:::logs/*/x'] }
const CONDITIONS = [undefined, { StringEquals: { 'aws:SourceAccount': OWN } }, { StringLike: { 'aws:SourceAccount': '*' } }, { StringLike: { 'aws:SourceAccount': '12*' } }, { ArnLike: { 'aws:SourceArn': `arn:aws:cloudtrail:*:${OWN}:trail/*` } },
  { StringEquals: { 'aws:SourceArn': TRAIL } }, { ArnEquals: { 'aws:SourceArn': TRAIL } }, { StringEqualsIfExists: { 'aws:SourceAccount': OWN } }, { StringEquals: { 'aws:PrincipalOrgID': 'o-ours' } }, { Bool: { 'aws:SecureTransport': 'true' } },
  { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { IpAddress: { 'aws:SourceIp': ['10.0.0.0/9', '10.128.0.0/9'] } }, { NotIpAddress: { 'aws:SourceIp': '10.1.0.0/16' } }, { Null: { 'aws:SourceVpce': 'false' } }, { StringNotEquals: { 'aws:SourceAccount': OTHER } }]
const statement = (kind) => { const condition = pick(CONDITIONS); return { Effect: random() < 0.3 ? 'Deny' : 'Allow', Principal: pick(PRINCIPALS), Action: pick(ACTIONS[kind]), Resource: pick(RESOURCES[kind]), ...(condition ? { Condition: condition } : {}) } }
const edited = (kind, policy) => {
  const after = structuredClone(policy), list = after.Statement, one = pick(list)
  const edits = [() => list.push(statement(kind)), () => list.splice(Math.floor(random() * list.length), 1), () => { one.Principal = pick(PRINCIPALS) }, () => { one.Action = pick(ACTIONS[kind]) }, () => { one.Resource = pick(RESOURCES[kind]) },
    () => { const condition = pick(CONDITIONS); if (condition) one.Condition = condition; else delete one.Condition }, () => { one.Effect = one.Effect === 'Allow' ? 'Deny' : 'Allow' }]
  for (let times = 1 + Math.floor(random() * 3); times > 0; times--) if (list.length > 0) pick(edits)()
  return after
}
const EVERYTHING = [{ name: 'everything', policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } }]
// Whoever belongs to the account has no policies of their own, or, where the key hands on to its account, such that allow everything.
const allowed = async (policy, request, hasOwn = false) => {
  const { principal, action, resource, context } = request
  const account = principal.startsWith('arn:') ? principal.split(':')[4] : null
  const arn = account && { 'aws:PrincipalArn': principal, 'aws:PrincipalAccount': account, 'aws:PrincipalIsAWSService': 'false' }
  const source = context['aws:sourcearn'] ?? context['aws:SourceArn']
  const result = await runSimulation({
    request: { principal: principal === 'anonymous' ? anonymousPrincipal : principal, action, resource: { resource, accountId: OWN }, contextVariables: { ...(source ? { 'aws:SourceAccount': source.split(':')[4] } : {}), ...arn, ...context } },
    identityPolicies: account && (account !== OWN || hasOwn || principal.endsWith(':root')) ? EVERYTHING : [], serviceControlPolicies: [], resourceControlPolicies: [], resourcePolicy: policy }, {})
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors))
  if (result.result?.ignoredContextKeys?.some((key) => key.toLowerCase().startsWith('s3:') || key.toLowerCase().startsWith('kms:'))) throw new Error('a condition key that requests for this action do not have')
  return result.overallResult === 'Allowed'
}
const SAMPLED = { key: { actions: ['kms:Decrypt', 'kms:PutKeyPolicy', 'kms:GenerateDataKey', 'kms:DescribeKey'], resources: [KEY] }, bucket: { actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], resources: ['arn:aws:s3:::logs/a', `arn:aws:s3:::logs/AWSLogs/${OWN}/x`] } }
const WHO = [`arn:aws:iam::${OWN}:role/Admin`, `arn:aws:iam::${OWN}:user/Ada`, `arn:aws:iam::${OTHER}:role/Auditor`, `arn:aws:iam::${OTHER}:user/Eve`, 'eks.amazonaws.com', 'cloudtrail.amazonaws.com']
const sampled = (kind) => {
  const entries = [['aws:SourceAccount', pick([OWN, OTHER])], ['aws:SourceArn', TRAIL], ['aws:SecureTransport', pick(['true', 'false'])], ['aws:SourceIp', pick(['10.1.2.3', '10.200.0.1', '192.0.2.1'])], ['aws:PrincipalOrgID', 'o-ours'], ['aws:SourceVpce', 'vpce-1'], ['s3:x-amz-acl', 'bucket-owner-full-control']]
  const action = pick(SAMPLED[kind].actions)
  // The account of a source is the one in its ARN.
  const consistent = ([key, value], index, all) => [key, key === 'aws:SourceAccount' && all.some(([other]) => other === 'aws:SourceArn') ? OWN : value]
  return { principal: pick(WHO), action, resource: pick(SAMPLED[kind].resources), context: Object.fromEntries(entries.filter(([key]) => random() < 0.6 && !(key.startsWith('s3:') && action !== 's3:PutObject')).map(consistent)) }
}
const directory = mkdtempSync(join(tmpdir(), 'judge-'))
const tally = { pairs: 0, gains: 0, confirmed: 0, delegated: 0, without: 0, wrong: [], hidden: [], errors: {} }
for (let index = 0; index < pairs; index++) {
  const kind = pick(Object.keys(BASES)), before = random() < 0.5 ? BASES[kind] : edited(kind, BASES[kind]), after = edited(kind, before)
  const [one, other] = [join(directory, 'before.json'), join(directory, 'after.json')]
  writeFileSync(one, JSON.stringify(before)); writeFileSync(other, JSON.stringify(after))
  const run = spawnSync(underpin, ['policy', 'diff', '-json', `-kind=${kind}`, `-account=${OWN}`, one, other], { encoding: 'utf8' })
  const changes = JSON.parse(run.stdout).permission_changes, gains = changes.filter((change) => change.direction === 'gain')
  tally.pairs++; tally.gains += gains.length
  for (const gain of gains) {
    if (!gain.witness) { if (gain.effect === 'Allow') tally.wrong.push({ why: 'no witness', gain, before, after }); else tally.without++; continue }
    try {
      const shows = async (hasOwn) => (await allowed(after, gain.witness, hasOwn)) && !(await allowed(before, gain.witness, hasOwn))
      if (await shows(false)) tally.confirmed++
      else if (kind === 'key' && await shows(true)) tally.delegated++
      else tally.wrong.push({ why: 'not confirmed', gain, before, after })
    } catch (error) { tally.errors[error.message.slice(0, 100)] = (tally.errors[error.message.slice(0, 100)] ?? 0) + 1 }
  }
  if (gains.length === 0) for (let times = 0; times < 20; times++) {
    const request = sampled(kind)
    try { if (!(await allowed(before, request)) && await allowed(after, request)) tally.hidden.push({ request, before, after }) } catch (error) { tally.errors[error.message.slice(0, 100)] = (tally.errors[error.message.slice(0, 100)] ?? 0) + 1 }
  }
}
console.log(`${tally.pairs} pairs, ${tally.gains} gains: ${tally.confirmed} witnesses confirmed, ${tally.delegated} for those whose own policies allow, ${tally.without} denials lifted that other policies decide, ${tally.wrong.length} wrong, ${tally.hidden.length} hidden gains, errors ${JSON.stringify(tally.errors)}`)
for (const one of [...tally.wrong.slice(0, 3), ...tally.hidden.slice(0, 3)]) console.log(JSON.stringify(one))
process.exit(tally.wrong.length + tally.hidden.length ? 1 : 0)
