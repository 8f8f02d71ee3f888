import type { CheckResult, ReadinessReport } from '../../../contract/readiness.ts'
import { harmlessText } from '../../ui/display-text.ts'
import { findingsOf, groupNames, headlineOf, verdictOf } from './stations.ts'

const statusWords = {
  ok: 'ok',
  advice: 'advice',
  blocked: 'BLOCKED',
  unknown: 'not checked',
  pending: 'running',
}

/** A report as text, for a colleague or a ticket. It names things and states; no check reads a secret's value. */
export function reportText(report: ReadinessReport, place: string): string {
  const { title, lead } = verdictOf(report, place)
  const { scope, clusterArn, taskArn } = report.task
  const head = [
    `# ${title}`,
    lead,
    '',
    `Task: ${taskArn}`,
    `Cluster: ${clusterArn}`,
    `Role: ${scope.roleName} in ${scope.accountId}, ${scope.region}`,
    `Checked: ${new Date(report.finishedAt ?? report.startedAt).toISOString()}`,
  ]
  const findings = findingsOf(report).flatMap((check, index) => ['', ...findingLines(check, index + 1)])
  const all = report.checks.map(
    ({ group, title: what, status }) => `- ${groupNames[group]}: ${what}: ${statusWords[status]}`,
  )
  return [...head, ...findings, '', '## All checks', ...all, ''].map(oneLine).join('\n')
}

function findingLines(check: CheckResult, number: number) {
  const { status, certainty, cause, evidence, fix, docUrl } = check
  return [
    `## ${number}. ${headlineOf(check)} (${[statusWords[status], certainty].filter(Boolean).join(', ')})`,
    ...(cause === undefined ? [] : [cause]),
    ...evidence.flatMap(({ source, fields }) => [
      `  ${source}`,
      ...fields.map(({ name, value, wrong }) => `    ${name}: ${value}${wrong ? '  <--' : ''}`),
    ]),
    ...(fix === undefined ? [] : [`Fix: ${fix.text}`]),
    ...(docUrl === undefined ? [] : [docUrl]),
  ]
}

/** Names from AWS must not break out of their line, nor hide or turn what stands beside them. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return harmlessText(text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' '))
}
