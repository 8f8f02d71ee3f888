import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ContainerRef } from '../../../../src/contract/session.ts'
import { automaticLinuxShell } from '../../../../src/contract/shell-command.ts'
import {
  describeServiceLine,
  describeTaskLine,
  executeCommandLine,
} from '../../../../src/renderer/features/shells/aws-command.ts'
import { shellWord } from '../../../../src/renderer/ui/shell-word.ts'

const ref: ContainerRef = {
  scope: {
    identityId: 'sso:example-corp',
    accountId: '111122223333',
    roleName: 'PlatformEngineer',
    region: 'eu-west-1',
  },
  accountName: 'example-prod',
  environment: 'production',
  clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/web',
  clusterName: 'web',
  serviceName: 'storefront',
  taskArn: 'arn:aws:ecs:eu-west-1:111122223333:task/web/4f1c9ad2e0b84c7f9d11aa0c5e6b7f80',
  taskId: '4f1c9ad2e0b84c7f9d11aa0c5e6b7f80',
  containerName: 'nginx',
}
const of = (identityId: string) => ({ ...ref, scope: { ...ref.scope, identityId } })

describe('executeCommandLine', () => {
  it('names the task, the container, the Region and the profile of Identity Center', () => {
    expect(executeCommandLine(ref, '/bin/bash')).toBe(
      'aws ecs execute-command --cluster web --task 4f1c9ad2e0b84c7f9d11aa0c5e6b7f80 --container nginx' +
        ' --interactive --command /bin/bash --profile PlatformEngineer-111122223333 --region eu-west-1',
    )
  })

  it('describes a service', () => {
    expect(describeServiceLine(ref)).toBe(
      'aws ecs describe-services --cluster web --services storefront --profile PlatformEngineer-111122223333 --region eu-west-1',
    )
  })

  it('uses a profile by its name, and none for what the environment provides', () => {
    expect(describeTaskLine(of('profile:my work'))).toContain(` --profile 'my work' `)
    expect(describeTaskLine(of('environment:variables'))).not.toContain('--profile')
  })

  it('hands the command over as one word', () => {
    expect(executeCommandLine(ref, automaticLinuxShell)).toContain(
      String.raw`--command '/bin/sh -c '\''exec $(command -v bash || command -v ash || echo sh)'\'''`,
    )
  })
})

/** One process for all samples: a shell says each word back on a line of its own, as hexadecimal digits. */
function readBack(words: readonly string[]): string[] {
  const script = words.map((word) => `printf %s ${shellWord(word)} | od -An -v -tx1 | tr -d ' \\n'; echo`)
  const lines = execFileSync('sh', ['-c', script.join('\n')], { encoding: 'utf8' }).split('\n')
  return words.map((_, index) => Buffer.from(lines[index] ?? '', 'hex').toString())
}

describe('shellWord', () => {
  it('is read back by a shell as it was', () => {
    const samples = fc.sample(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0')),
      40,
    )
    const words = [...samples, `it's`, `a'b'c`, '$(id)', '`id`', 'two\nlines', '-x', '~', '*', '']
    expect(readBack(words)).toEqual(words)
  })
})
