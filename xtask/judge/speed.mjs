// How many requests a second @cloud-copilot/iam-simulate decides, on one core, of the question that underpin's example asks.
// Usage: node speed.mjs QUESTION; run it where iam-simulate is installed.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(process.cwd() + '/package.json')
const { runSimulation } = await import(pathToFileURL(require.resolve('@cloud-copilot/iam-simulate')))
const ROUNDS = 2000
// It knows no keys of encryption contexts; another key of texts stands for it.
const { policy, request } = JSON.parse(readFileSync(process.argv[2], 'utf8').replaceAll('kms:EncryptionContext:aws:cloudtrail:arn', 'aws:UserAgent'))
const { principal, action, resource, account, context } = request
const simulation = { request: { principal, action, resource: { resource, accountId: account }, contextVariables: context },
  identityPolicies: [], serviceControlPolicies: [], resourceControlPolicies: [], resourcePolicy: policy }
const ask = async (times) => {
  let allowed = 0
  for (let round = 0; round < times; round++) allowed += (await runSimulation(simulation, {})).overallResult === 'Allowed'
  return allowed
}
await ask(200)
const start = process.cpuUsage()
const allowed = await ask(ROUNDS)
const { user, system } = process.cpuUsage(start)
console.log(`iam-simulate ${Math.round((ROUNDS * 1e6) / (user + system))} (${allowed} of ${ROUNDS} allowed)`)
