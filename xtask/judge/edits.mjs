// Edits the policies that underpin writes at random, and prints each with its edit: JSON lines
// `{"name", "kind", "account", "before", "after"}`. Deterministic. Usage: node edits.mjs POLICIES PAIRS [SEED]
import { readFileSync } from 'node:fs'
import { randomness } from './random.mjs'

const [file, pairs, seed] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4] ?? 7)]
const { random, pick, chance } = randomness(seed)
const OWN = '123456789012', OTHER = '999988887777', BUCKET = 'arn:aws:s3:::genai-artos-production-cloudtrail-logs-audit'
const KEY = `arn:aws:kms:us-east-1:${OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab`, TOPIC = `arn:aws:sns:us-east-1:${OWN}:genai-artos-production-cloudtrail`
const TRAIL = `arn:aws:cloudtrail:us-east-1:${OWN}:trail/genai-artos-production-cloudtrail`
const ROLE = `arn:aws:iam::${OWN}:role/`, GUEST = `arn:aws:iam::${OTHER}:role/Auditor`
const version = (...Statement) => ({ Version: '2012-10-17', Statement })

// iam-simulate knows no keys of encryption contexts; other keys of texts stand for them.
const STANDS_FOR = { 'aws:cloudtrail:arn': 'aws:UserAgent', 'aws:logs:arn': 'aws:Referer', 'aws:s3:arn': 'aws:SourceVpc', 'aws:sns:topicArn': 'aws:SourceVpce' }
const renamed = (text) => Object.entries(STANDS_FOR).reduce((text, [key, other]) => text.replaceAll(`kms:EncryptionContext:${key}`, other), text)
const written = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line)).filter((one) => one.partition === 'aws')
const documents = (kind) => [...new Set(written.filter((one) => one.kind === kind).map((one) => renamed(JSON.stringify(one.document))))]
  .map((text) => JSON.parse(text.replaceAll('"known-after-apply"', JSON.stringify(KEY)).replaceAll('known-after-apply', 'audit')))
const BASES = {
  key: documents('key'), bucket: documents('bucket'), trust: documents('trust'), identity: documents('identity'),
  topic: [version({ Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 'sns:Publish', Resource: TOPIC, Condition: { StringEquals: { 'aws:SourceArn': TRAIL } } },
    { Effect: 'Allow', Principal: { AWS: OWN }, Action: ['sns:Subscribe', 'sns:GetTopicAttributes'], Resource: TOPIC })],
  boundary: [version({ Effect: 'Allow', Action: '*', Resource: '*' }, { Effect: 'Deny', Action: ['iam:*', 'organizations:*'], Resource: '*' }),
    version({ Effect: 'Allow', Action: ['s3:*', 'kms:Decrypt', 'ecr:*'], Resource: '*' }, { Effect: 'Deny', Action: 's3:Delete*', Resource: `${BUCKET}/*`, Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-ours' } } })],
}
const use = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey']
const PRINCIPALS = ['*', { AWS: OTHER }, { AWS: OWN }, { AWS: `${ROLE}Admin` }, { Service: 'eks.amazonaws.com' }, { Service: ['cloudtrail.amazonaws.com', 'rds.amazonaws.com'] }, { AWS: GUEST },
  { AWS: [`${ROLE}Admin`, `${ROLE}New`] }, { AWS: `arn:aws:iam::${OWN}:user/Ada` }]
const objects = [`${BUCKET}/*`, `${BUCKET}/AWSLogs/*`, [BUCKET, `${BUCKET}/*`], `${BUCKET}/*/x`, `${BUCKET}/AWSLogs/?23*`]
const WORDS = {
  key: { actions: ['kms:*', 'kms:Decrypt', 'kms:Put*', use, 'kms:GenerateDataKey*', 'kms:?ncrypt'], resources: ['*'] },
  bucket: { actions: ['s3:*', 's3:GetObject', 's3:Get*', 's3:PutObject', ['s3:GetObject', 's3:GetObjectVersion'], 's3:Delete*'], resources: objects },
  trust: { actions: ['sts:AssumeRole', 'sts:TagSession', ['sts:AssumeRole', 'sts:TagSession'], 'sts:*', 'sts:Assume*'], resources: [] },
  identity: { actions: ['s3:*', 's3:GetObject', 's3:List*', 'kms:Decrypt', ['kms:Decrypt', 'kms:DescribeKey'], 'ecr:Get*', 'ecr:BatchGetImage', '*'], resources: ['*', ...objects, KEY, `arn:aws:kms:*:${OWN}:key/*`, `arn:aws:ecr:*:${OTHER}:repository/*`] },
  topic: { actions: ['sns:Publish', 'sns:*', 'sns:Subscribe', ['sns:Publish', 'sns:GetTopicAttributes'], 'sns:Get*'], resources: [TOPIC, '*', `arn:aws:sns:*:${OWN}:*`] },
  boundary: { actions: ['*', 's3:*', 's3:GetObject', 'iam:*', 'kms:Decrypt', ['ecr:Get*', 'ecr:Batch*'], 's3:Delete*'], resources: ['*', ...objects, KEY] },
}
const CONDITIONS = [undefined, { StringEquals: { 'aws:SourceAccount': OWN } }, { StringLike: { 'aws:SourceAccount': '*' } }, { StringLike: { 'aws:SourceAccount': '12*' } }, { ArnLike: { 'aws:SourceArn': `arn:aws:cloudtrail:*:${OWN}:trail/*` } },
  { StringEquals: { 'aws:SourceArn': TRAIL } }, { ArnEquals: { 'aws:SourceArn': TRAIL } }, { StringEqualsIfExists: { 'aws:SourceAccount': OWN } }, { StringEquals: { 'aws:PrincipalOrgID': 'o-ours' } }, { Bool: { 'aws:SecureTransport': 'true' } },
  { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { IpAddress: { 'aws:SourceIp': ['10.0.0.0/9', '10.128.0.0/9'] } }, { NotIpAddress: { 'aws:SourceIp': '10.1.0.0/16' } }, { Null: { 'aws:SourceVpce': 'false' } }, { StringNotEquals: { 'aws:SourceAccount': OTHER } },
  { NumericLessThan: { 'aws:MultiFactorAuthAge': '300' } }, { NumericLessThanEqualsIfExists: { 'aws:MultiFactorAuthAge': '3600' } }, { DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } }, { DateLessThan: { 'aws:CurrentTime': '2027-01-01T00:00:00Z' } },
  { ArnLike: { 'aws:PrincipalArn': `${ROLE}A*` } }, { ArnNotLike: { 'aws:PrincipalArn': `${ROLE}Admin` } }, { StringEquals: { 'aws:PrincipalAccount': OWN } }, { Bool: { 'aws:PrincipalIsAWSService': 'true' } },
  { 'ForAnyValue:StringEquals': { 'aws:PrincipalOrgPaths': ['o-ours/a', 'o-ours/b'] } }, { 'ForAllValues:StringLike': { 'aws:PrincipalOrgPaths': 'o-ours/*' } }, { StringEqualsIgnoreCase: { 'aws:PrincipalOrgID': 'O-OURS' } }]

const isNamed = (kind) => kind !== 'identity' && kind !== 'boundary'
const statement = (kind) => {
  const condition = pick(CONDITIONS), resource = pick(WORDS[kind].resources)
  return { Effect: chance(0.3) ? 'Deny' : 'Allow', ...(isNamed(kind) && { Principal: pick(PRINCIPALS) }), Action: pick(WORDS[kind].actions), ...(resource && { Resource: resource }), ...(condition && { Condition: condition }) }
}
const edited = (kind, policy) => {
  const after = structuredClone(policy), list = after.Statement
  for (let times = 1 + Math.floor(random() * 3); times > 0 && list.length > 0; times--) {
    const one = pick(list)
    pick([
      () => list.push(statement(kind)), () => list.splice(list.indexOf(one), 1),
      () => { if (isNamed(kind)) one.Principal = pick(PRINCIPALS) }, () => { one.Action = pick(WORDS[kind].actions) },
      () => { if (one.Resource) one.Resource = pick(WORDS[kind].resources) }, () => { one.Effect = one.Effect === 'Allow' ? 'Deny' : 'Allow' },
      () => { const condition = pick(CONDITIONS); if (condition) one.Condition = condition; else delete one.Condition },
    ])()
  }
  return after
}
for (let index = 0; index < pairs; index++) {
  const kind = pick(Object.keys(BASES)), base = pick(BASES[kind]), before = chance(0.5) ? base : edited(kind, base)
  console.log(JSON.stringify({ name: `${kind} ${index}`, kind, account: OWN, before, after: edited(kind, before) }))
}
