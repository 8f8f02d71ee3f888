import { fromSSO } from '@aws-sdk/credential-provider-sso'

/**
 * The AWS SDK for JavaScript's own provider with the files and variables of its
 * environment, in a process of its own because it remembers both. Prints the
 * access key of a profile.
 */
const [profile] = process.argv.slice(2)
const { accessKeyId } = await fromSSO({ profile })()
process.stdout.write(`${accessKeyId}\n`)
