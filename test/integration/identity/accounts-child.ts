import { IdentityFixture } from './identity-fixture.ts'

/**
 * A second Porthole on the same home folder, as a process of its own:
 * `accounts-child.ts <home> <endpoint>` lists the accounts of "corp" and prints
 * how many there are.
 */
const [home, endpoint = ''] = process.argv.slice(2)
await using fixture = await IdentityFixture.start(endpoint, { home })
const accounts = await fixture.service.accounts('sso:corp')
process.stdout.write(`${accounts.length}\n`)
